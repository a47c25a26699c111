package io.oqim.payment;

import static org.assertj.core.api.Assertions.assertThat;

import io.oqim.http.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class LifecycleTest {
    private static final String BEGIN = "<!-- allowed: written by LifecycleTest -->\n";
    private static final String END = "<!-- /allowed -->";

    @Test
    void theDocumentShowsTheTable() throws IOException {
        Path file = Path.of("docs", "states.md");
        String document = Files.readString(file);
        int from = document.indexOf(BEGIN) + BEGIN.length();
        int to = document.indexOf(END);
        if (Boolean.getBoolean("write.docs")) {
            Files.writeString(file, document.substring(0, from) + table() + document.substring(to));
        }

        assertThat(Files.readString(file)).contains(BEGIN + table() + END);
    }

    private static String table() {
        StringBuilder table = new StringBuilder("| status | takes |\n|---|---|\n");
        for (PaymentStatus status : PaymentStatus.values()) {
            String kinds =
                    Lifecycle.allowed(status).stream()
                            .map(kind -> "`" + kind.text() + "`")
                            .collect(Collectors.joining(", "));
            table.append(
                    "| `%s` | %s |\n"
                            .formatted(status.text(), kinds.isEmpty() ? "nothing" : kinds));
        }
        return table.toString();
    }

    @ParameterizedTest
    @EnumSource(PaymentStatus.class)
    void whatAStatusForbidsIsRefusedByItsNameWithWhatItTakes(PaymentStatus status) {
        for (Modification asked :
                new Modification[] {
                    new Modification.Capture(OptionalLong.empty(), false),
                    new Modification.Cancel(),
                    new Modification.Refund(OptionalLong.empty())
                }) {
            if (!Lifecycle.allowed(status).contains(asked.kind())) {
                Problem problem = refused(payment(status, Amounts.NONE), asked);
                assertThat(problem.status()).isEqualTo(409);
                assertThat(problem.code()).isEqualTo("payment_" + status.text());
                Lifecycle.allowed(status)
                        .forEach(kind -> assertThat(problem.detail()).contains(kind.text()));
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        // authorized, captured, refunded, voided, kept: capture, void, refund; asked; what came of
        // it
        "100,  0,  0,  0,  0,  0,  0, capture,   , 100",
        "100, 40,  0,  0,  0,  0,  0, capture,   , 60",
        "100, 40,  0,  0, 10,  0,  0, capture,   , 50",
        "100, 40,  0,  0, 10,  0,  0, capture, 50, 50",
        "100, 40,  0,  0, 10,  0,  0, capture, 51, amount_reserved",
        "100, 40,  0,  0, 10,  0,  0, capture, 61, capture_exceeds_authorized",
        "100, 40,  0,  0, 60,  0,  0, capture,   , amount_reserved",
        "100,  0,  0,  0,  0,100,  0, capture,  1, amount_reserved",
        "100, 40,  0, 60,  0,  0,  0, capture,  1, capture_exceeds_authorized",
        "100, 40,  0,  0,  0,  0,  0, void,      , 60",
        "100, 40,  0,  0, 10,  0,  0, void,      , amount_reserved",
        "100, 40,  0,  0,  0, 60,  0, void,      , amount_reserved",
        "100, 40,  0,  0,  0, 10,  0, void,      , amount_reserved",
        "100, 40,  0,  0,  0,  0,  0, final,   20, 20",
        "100, 40,  0,  0,  0,  0,  0, final,     , 60",
        "100, 40,  0,  0, 10,  0,  0, final,   20, amount_reserved",
        "100, 40,  0,  0,  0, 10,  0, final,   20, amount_reserved",
        "100, 40,  0,  0,  0,  0,  0, adjust, 150, 150",
        "100, 40,  0,  0,  0,  0,  0, adjust,  40, 40",
        "100, 40,  0,  0,  0,  0,  0, adjust,  39, adjustment_below_captured",
        "100, 40,  0,  0,  0,  0,  0, adjust, 100, adjustment_changes_nothing",
        "100, 40,  0,  0, 10,  0,  0, adjust,  50, 50",
        "100, 40,  0,  0, 10,  0,  0, adjust,  49, amount_reserved",
        "100, 40,  0,  0,  0, 10,  0, adjust, 150, amount_reserved",
        "100, 80,  0,  0,  0,  0,  0, refund,    , 80",
        "100, 80, 30,  0,  0,  0,  0, refund,    , 50",
        "100, 80, 30,  0,  0,  0, 20, refund,    , 30",
        "100, 80, 30,  0,  0,  0, 20, refund,  31, amount_reserved",
        "100, 80, 30,  0,  0,  0, 20, refund,  51, refund_exceeds_captured",
        "100, 80, 30,  0,  0,  0, 50, refund,    , amount_reserved",
        "100, 80, 80,  0,  0,  0,  0, refund,    , refund_exceeds_captured",
    })
    void anAmountIsKeptIfItFitsAndRefusedByWhatStandsInItsWay(
            long authorized,
            long captured,
            long refunded,
            long voided,
            long capturing,
            long voiding,
            long refunding,
            String kind,
            Long amount,
            String outcome) {
        Payment payment =
                payment(
                        PaymentStatus.PARTIALLY_CAPTURED,
                        Samples.amounts(
                                authorized,
                                captured,
                                refunded,
                                voided,
                                capturing,
                                voiding,
                                refunding));
        OptionalLong wanted = amount == null ? OptionalLong.empty() : OptionalLong.of(amount);
        Modification asked =
                switch (kind) {
                    case "capture" -> new Modification.Capture(wanted, false);
                    case "final" -> new Modification.Capture(wanted, true);
                    case "adjust" -> new Modification.Adjustment(amount);
                    case "void" -> new Modification.Cancel();
                    default -> new Modification.Refund(wanted);
                };

        if (Character.isDigit(outcome.charAt(0))) {
            Lifecycle.Decision.Reserved reserved =
                    (Lifecycle.Decision.Reserved) Lifecycle.decide(payment, asked);
            assertThat(reserved.extent().amount()).isEqualTo(Long.parseLong(outcome));
            assertThat(reserved.amounts())
                    .isEqualTo(payment.amounts().reserve(asked.kind(), reserved.extent()));
        } else {
            Problem problem = refused(payment, asked);
            assertThat(problem.code()).isEqualTo(outcome);
            assertThat(problem.retryAfter().isPresent())
                    .isEqualTo(outcome.equals("amount_reserved"));
        }
    }

    private static Problem refused(Payment payment, Modification asked) {
        return ((Lifecycle.Decision.Refused) Lifecycle.decide(payment, asked)).problem();
    }

    private static Payment payment(PaymentStatus status, Amounts amounts) {
        return Samples.payment(
                        OperationKind.AUTHORIZE, PaymentStatus.PROCESSING, Payment.Outcome.NOTHING)
                .next(status, amounts, Payment.Outcome.NOTHING, Samples.NOW);
    }
}
