package io.oqim.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class SuffixTest {
    @Test
    void lastFourDigitsOfThePaymentsAmountStrike() {
        assertThat(Suffix.onPayment(amount(51))).contains(Suffix.INSUFFICIENT_FUNDS);
        assertThat(Suffix.onPayment(amount(7_770_051))).contains(Suffix.INSUFFICIENT_FUNDS);
        assertThat(Suffix.onPayment(amount(151))).isEmpty();
        assertThat(Suffix.onPayment(amount(10_083))).isEmpty();
    }

    @Test
    void suffixesOfLaterCallsLetThePaymentThrough() {
        assertThat(Suffix.onPayment(amount(10_080))).isEmpty();
        assertThat(Suffix.onPayment(amount(10_081))).isEmpty();
        assertThat(Suffix.onPayment(amount(10_082))).isEmpty();
    }

    @Test
    void laterCallIsStruckByItsOwnAmountUnlessThatIsThePayments() {
        assertThat(Suffix.onLaterCall(OperationKind.CAPTURE, amount(68), amount(90_000)))
                .contains(Suffix.REPLY_DROPPED);
        assertThat(Suffix.onLaterCall(OperationKind.CAPTURE, amount(68), amount(68))).isEmpty();
        assertThat(Suffix.onLaterCall(OperationKind.CAPTURE, amount(79), amount(90_000))).isEmpty();
    }

    @Test
    void laterCallIsStruckByThePaymentsAmount() {
        Amount original = amount(10_082);

        assertThat(Suffix.onLaterCall(OperationKind.REFUND, amount(100), original))
                .contains(Suffix.REFUND_DROPPED);
        assertThat(Suffix.onLaterCall(OperationKind.REFUND, original, original))
                .contains(Suffix.REFUND_DROPPED);
        assertThat(Suffix.onLaterCall(OperationKind.CAPTURE, original, original)).isEmpty();
        assertThat(Suffix.onLaterCall(OperationKind.VOID, Amount.NOTHING, amount(81)))
                .contains(Suffix.VOID_DROPPED);
    }

    @Test
    void onlyThePaymentsAmountMakesItDisputed() {
        assertThat(Suffix.onPayment(amount(84))).contains(Suffix.DISPUTED);
        assertThat(Suffix.onLaterCall(OperationKind.CAPTURE, amount(84), amount(90_000))).isEmpty();
        assertThat(Suffix.onLaterCall(OperationKind.CAPTURE, amount(100), amount(84))).isEmpty();
    }

    @Test
    void digitsAreFour() {
        assertThat(Suffix.DO_NOT_HONOR.digits()).isEqualTo("0005");
    }

    private static Amount amount(long minorUnits) {
        return new Amount(minorUnits, "UZS");
    }
}
