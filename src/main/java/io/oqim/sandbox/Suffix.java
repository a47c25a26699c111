package io.oqim.sandbox;

import com.google.errorprone.annotations.Immutable;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The outcomes that the last four digits of an amount choose.
 *
 * <p>A suffix strikes the call that carries the amount, once per payment: a later call with the
 * very amount of the payment is not struck again. 0080 to 0082 strike later calls, by the amount of
 * the payment they belong to. 0084 looks at that amount too: whatever such a payment debits is
 * disputed.
 */
enum Suffix {
    DO_NOT_HONOR(5, refuse(Decline.DO_NOT_HONOR)),
    LOST_CARD(41, refuse(Decline.LOST_CARD)),
    STOLEN_CARD(43, refuse(Decline.STOLEN_CARD)),
    INSUFFICIENT_FUNDS(51, refuse(Decline.INSUFFICIENT_FUNDS)),
    EXPIRED_CARD(54, refuse(Decline.EXPIRED_CARD)),
    FRAUDULENT(59, refuse(Decline.FRAUDULENT)),
    LIMIT_EXCEEDED(61, refuse(Decline.LIMIT_EXCEEDED)),
    REPLY_DROPPED(68, Fault.Kind.DROP_AFTER),
    REPLY_LATE(69, Fault.Kind.LATE),
    CONNECTION_RESET(70, Fault.Kind.DROP_BEFORE),
    ERROR_AFTER(71, Fault.Kind.ERROR_AFTER),
    NOT_PROCESSED(72, Fault.Kind.NOT_PROCESSED),
    MALFORMED_REPLY(73, Fault.Kind.MALFORMED),
    PENDING_APPROVED(74, times -> Optional.of(new Decision.Wait(times.pending(), null, true))),
    PENDING_DECLINED(
            75,
            times -> Optional.of(new Decision.Wait(times.pending(), Decline.DO_NOT_HONOR, true))),
    PENDING_SILENT(76, times -> Optional.of(new Decision.Wait(times.pending(), null, false))),
    CALLBACK_TWICE(77, times -> Optional.of(new Decision.Approve(true))),
    ENQUIRY_LAGS(78, Fault.Kind.DROP_AFTER),
    CHALLENGE(79, times -> Optional.of(new Decision.Challenge(times.challenge()))),
    CAPTURE_DROPPED(80, Fault.Kind.DROP_AFTER),
    VOID_DROPPED(81, Fault.Kind.DROP_AFTER),
    REFUND_DROPPED(82, Fault.Kind.DROP_AFTER),
    DISPUTED(84, Fault.Kind.NONE),
    ISSUER_UNAVAILABLE(91, refuse(Decline.ISSUER_UNAVAILABLE)),
    PROCESSING_ERROR(96, refuse(Decline.PROCESSING_ERROR));

    private static final long MODULUS = 10_000;

    private static final Map<Integer, Suffix> BY_NUMBER =
            Arrays.stream(values()).collect(Collectors.toMap(s -> s.number, Function.identity()));

    private final int number;
    private final Deciding deciding;
    private final Fault.Kind fault;

    /** The decision of a suffix, or empty where the card decides. */
    @Immutable
    @FunctionalInterface
    private interface Deciding {
        Optional<Decision> decision(SuffixTimes times);
    }

    Suffix(int number, Deciding deciding) {
        this.number = number;
        this.deciding = deciding;
        this.fault = Fault.Kind.NONE;
    }

    Suffix(int number, Fault.Kind fault) {
        this.number = number;
        this.deciding = times -> Optional.empty();
        this.fault = fault;
    }

    /** The suffix that strikes a new payment, if any. */
    static Optional<Suffix> onPayment(Amount amount) {
        return of(amount).filter(suffix -> !suffix.strikesByOriginal());
    }

    /**
     * The suffix that strikes a later call, if any.
     *
     * @param amount that the call carries; zero for a void, which carries none
     * @param original the payment's own amount
     */
    static Optional<Suffix> onLaterCall(OperationKind kind, Amount amount, Amount original) {
        if (amount.minorUnits() != original.minorUnits()) {
            Optional<Suffix> own =
                    of(amount).filter(s -> !s.strikesByOriginal() && !s.strikesOnlyPayments());
            if (own.isPresent()) {
                return own;
            }
        }
        return of(original).filter(suffix -> suffix.strikesEvery(kind));
    }

    String digits() {
        return String.format(Locale.ROOT, "%04d", number);
    }

    /** What the bank decides, where this suffix says so. */
    Optional<Decision> decision(SuffixTimes times) {
        return deciding.decision(times);
    }

    /** Whether the cardholder disputes what is debited. */
    boolean isDisputed() {
        return this == DISPUTED;
    }

    Fault fault(SuffixTimes times) {
        return fault == Fault.Kind.LATE ? Fault.late(times.lateReply()) : Fault.of(fault);
    }

    private static Deciding refuse(Decline decline) {
        return times -> Optional.of(new Decision.Refuse(decline));
    }

    private static Optional<Suffix> of(Amount amount) {
        return Optional.ofNullable(BY_NUMBER.get((int) (amount.minorUnits() % MODULUS)));
    }

    private boolean strikesByOriginal() {
        return this == CAPTURE_DROPPED || this == VOID_DROPPED || this == REFUND_DROPPED;
    }

    private boolean strikesOnlyPayments() {
        return this == CHALLENGE || this == DISPUTED;
    }

    private boolean strikesEvery(OperationKind kind) {
        return switch (kind) {
            case CAPTURE -> this == CAPTURE_DROPPED;
            case VOID -> this == VOID_DROPPED;
            case REFUND -> this == REFUND_DROPPED;
            case AUTHORIZE, SALE, ADJUST -> false;
        };
    }
}
