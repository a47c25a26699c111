package io.oqim.bench.spring;

import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;

record PaymentRequest(
        @Min(1) @Max(999_999_999_999L) long amount,
        @NotNull @Pattern(regexp = "[A-Z]{3}") String currency,
        @NotNull @Valid Method paymentMethod,
        @Size(max = 64) String reference) {
    record Method(@NotNull @Pattern(regexp = "card") String type, @NotNull @Valid Card card) {}

    record Card(
            @NotNull @Pattern(regexp = "[0-9]{12,19}") String number,
            @Min(1) @Max(12) int expMonth,
            @Min(2000) @Max(2099) int expYear,
            @NotNull @Pattern(regexp = "[0-9]{3,4}") String cvc) {
        String first6() {
            return number.substring(0, 6);
        }

        String last4() {
            return number.substring(number.length() - 4);
        }
    }

    Card card() {
        return paymentMethod.card();
    }
}
