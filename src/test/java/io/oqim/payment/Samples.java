package io.oqim.payment;

import io.oqim.bank.BankIds;
import io.oqim.config.OqimConfig;
import io.oqim.config.Settings;
import io.oqim.merchant.Policy;
import io.oqim.money.Money;
import io.oqim.vault.Card;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** A payment of 125000 UZS, and what belongs to it. */
final class Samples {
    static final UUID PAYMENT = UUID.fromString("01890a5d-ac96-774b-bcce-b302099a8057");
    static final UUID OPERATION = UUID.fromString("01890a5d-ac97-7000-8000-000000000000");
    static final Instant CREATED = Instant.parse("2026-11-23T20:31:05.120Z");
    static final Instant NOW = CREATED.plusSeconds(3);
    static final Money ASKED = Money.of(125_000, "UZS");
    static final InDoubt DOUBT =
            new InDoubt(CREATED.plusSeconds(1), CREATED.plusSeconds(86_401), OPERATION);
    static final OqimConfig CONFIG =
            OqimConfig.from(
                    new Settings(
                            Map.of(
                                    "admin-key",
                                    "an-admin-key-of-thirty-one-char",
                                    "crypto.key",
                                    "a-crypto-key-of-at-least-thirty-two-characters",
                                    "vault.keys",
                                    "local:a2tra2tra2tra2tra2tra2tra2tra2tra2tra2tra2s="),
                            Map.of()));

    private Samples() {}

    /** Amounts, and what is kept to be captured, released and refunded. */
    static Amounts amounts(
            long authorized,
            long captured,
            long refunded,
            long voided,
            long capturing,
            long releasing,
            long refunding) {
        return new Amounts(
                authorized,
                captured,
                refunded,
                voided,
                new Amounts.Kept(capturing, releasing, refunding, 0),
                0,
                Amounts.Disputed.NOTHING,
                Amounts.Fees.NONE);
    }

    /** A sale or an authorization whose outcome is open, at the given status. */
    static Open open(OperationKind kind, PaymentStatus status) {
        return switch (status) {
            case PROCESSING ->
                    open(
                            kind,
                            payment(kind, status, Payment.Outcome.NOTHING),
                            OperationStatus.PROCESSING,
                            AttemptState.SENT);
            case IN_DOUBT ->
                    open(
                            kind,
                            payment(kind, status, Payment.Outcome.of(DOUBT)),
                            OperationStatus.IN_DOUBT,
                            AttemptState.UNKNOWN);
            case REQUIRES_ACTION ->
                    open(
                            kind,
                            payment(kind, status, Payment.Outcome.redirect("https://acs.example")),
                            OperationStatus.REQUIRES_ACTION,
                            AttemptState.PENDING);
            case AUTHORIZED, PARTIALLY_CAPTURED, CAPTURED, DECLINED, FAILED, CANCELED, EXPIRED ->
                    throw new IllegalArgumentException("not open: " + status);
        };
    }

    private static Open open(
            OperationKind kind, Payment payment, OperationStatus status, AttemptState state) {
        Attempt sent = Attempt.first(OPERATION, "alpha", "key-1-name");
        return new Open(
                7,
                payment,
                new Operation(
                        OPERATION,
                        PAYMENT,
                        kind,
                        status,
                        ASKED,
                        Operation.Terms.asked("key-1"),
                        CREATED,
                        CREATED),
                state == AttemptState.SENT ? sent : sent.next(state, BankIds.none(), ""),
                Policy.STANDARD);
    }

    /** What becomes of a key; 503 stands for one that is open again. */
    static Settled.ForKey answer(int status) {
        return status == 503 ? new Settled.ForKey.Reopened() : new Settled.ForKey.Answered(status);
    }

    static Payment payment(OperationKind kind, PaymentStatus status, Payment.Outcome outcome) {
        Map<String, String> metadata = new LinkedHashMap<>();
        metadata.put("order", "17");
        metadata.put("a", "ў");
        return new Payment(
                PAYMENT,
                status,
                ASKED,
                Amounts.NONE,
                kind == OperationKind.SALE ? CaptureMethod.AUTOMATIC : CaptureMethod.MANUAL,
                "alpha",
                new Instrument.OfCard(
                        new Card("visa", "424242", "4242", 12, 2030, new byte[32]),
                        Optional.empty(),
                        false),
                new Details(
                        Optional.of("order-1"),
                        Optional.empty(),
                        metadata,
                        new Details.Customer(
                                Optional.of("c-1"),
                                Optional.of("somebody@example.com"),
                                Optional.of("203.0.113.7"),
                                Optional.of("UZ")),
                        Optional.empty()),
                outcome,
                Optional.empty(),
                Optional.empty(),
                true,
                CREATED,
                CREATED,
                1);
    }
}
