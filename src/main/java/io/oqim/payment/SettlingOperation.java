package io.oqim.payment;

import io.oqim.bank.BankIds;
import io.oqim.bank.BankReply;
import io.oqim.config.ExpiryConfig;
import io.oqim.config.OqimConfig;
import io.oqim.config.ResolverConfig;
import io.oqim.ledger.Ledger;
import io.oqim.ledger.Posting;
import io.oqim.money.Money;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a bank's reply makes of a capture, a void, a refund or an adjustment. The payment's status
 * stays while such an operation is open, and what it asked for stays kept. Pure.
 */
final class SettlingOperation {
    private final ResolverConfig config;
    private final ExpiryConfig expiry;

    SettlingOperation(OqimConfig config) {
        this.config = config.resolver();
        this.expiry = config.expiry();
    }

    Settled settle(Open open, BankReply reply, Instant now) {
        return switch (reply) {
            case BankReply.Approved approved -> approved(open, approved, now);
            case BankReply.Pending pending -> pending(open, pending, now);
            case BankReply.Declined declined ->
                    refused(
                            open,
                            OperationStatus.DECLINED,
                            open.attempt()
                                    .next(AttemptState.DECLINED, declined.ids(), declined.code()),
                            now);
            case BankReply.Rejected rejected ->
                    refused(
                            open,
                            OperationStatus.FAILED,
                            open.attempt()
                                    .next(AttemptState.REJECTED, BankIds.none(), rejected.code()),
                            now);
            case BankReply.NotProcessed notProcessed ->
                    withoutEffect(
                            open,
                            open.attempt()
                                    .next(AttemptState.REJECTED, BankIds.none(), "not_processed"),
                            now);
            case BankReply.NotSent notSent -> notSent(open, notSent, now);
            case BankReply.Unknown unknown -> doubtful(open, unknown.reason(), BankIds.none(), now);
            case BankReply.Duplicate duplicate ->
                    doubtful(open, Settling.DUPLICATE, BankIds.none(), now);
            case BankReply.Reversed reversed ->
                    withoutEffect(
                            open,
                            open.attempt()
                                    .next(
                                            AttemptState.REVERSED,
                                            reversed.ids(),
                                            "voided_by_reference"),
                            now);
        };
    }

    /** No byte left, and nobody will come back for it. */
    Settled givenUp(Open open, Instant now) {
        return undone(
                open,
                OperationStatus.FAILED,
                open.attempt().next(AttemptState.NOT_SENT, BankIds.none(), "not_sent"),
                now);
    }

    private Settled approved(Open open, BankReply.Approved approved, Instant now) {
        Operation operation = open.operation();
        if (!approved.effected().equals(operation.amount())) {
            return doubtful(open, Settling.mismatch(approved), approved.ids(), now);
        }
        Payment payment = open.payment();
        Amounts amounts = effected(open);
        PaymentStatus status = status(payment, operation, amounts);
        long rest = operation.terms().releases();
        return new Settled(
                payment.next(status, amounts, outcome(open), now),
                operation.next(OperationStatus.SUCCEEDED, now),
                open.attempt().next(AttemptState.APPROVED, approved.ids(), ""),
                Optional.empty(),
                events(open, event(operation, status)),
                postings(open, amounts),
                new Settled.ForKey.Answered(201),
                rest == 0
                        ? new Then.Nothing()
                        : new Then.Begins(
                                OperationKind.VOID,
                                new Money(rest, payment.amount().currency()),
                                Cause.FINAL_CAPTURE));
    }

    /** Nothing is left to capture, and no adjustment may make it more. */
    private static boolean complete(Amounts amounts) {
        return amounts.left() == 0 && amounts.kept().increase() == 0;
    }

    /** What a payment is once nothing is left of what it held. */
    static PaymentStatus ended(PaymentStatus status, Amounts amounts) {
        if (!status.holds() || !complete(amounts)) {
            return status;
        }
        return amounts.captured() > 0 ? PaymentStatus.CAPTURED : PaymentStatus.CANCELED;
    }

    private static Amounts effected(Open open) {
        Operation operation = open.operation();
        Amounts before = open.payment().amounts();
        if (!operation.terms().cause().counts()) {
            return before;
        }
        Amounts then = before.effect(operation.kind(), operation.extent());
        return switch (operation.kind()) {
            case CAPTURE -> then.charge(Fees.of(open).minorUnits());
            case REFUND -> then.giveBack(Fees.back(open, then));
            case VOID, ADJUST -> then;
            case AUTHORIZE, SALE -> throw new IllegalArgumentException(operation.kind().text());
        };
    }

    static Ledger.Movement movement(Open open) {
        return new Ledger.Movement(
                open.payment().id(), open.operation().id(), open.attempt().bank());
    }

    private static Amounts released(Payment payment, Operation operation) {
        return operation.terms().cause().counts()
                ? payment.amounts().release(operation.kind(), operation.extent())
                : payment.amounts();
    }

    private static String event(Operation operation, PaymentStatus status) {
        if (operation.terms().cause() == Cause.LATE_APPROVAL) {
            return "payment.reversed";
        }
        return switch (operation.kind()) {
            case CAPTURE, VOID -> "payment." + status.text();
            case REFUND -> "payment.refunded";
            case ADJUST -> "payment.adjusted";
            case AUTHORIZE, SALE -> throw new IllegalArgumentException(operation.kind().text());
        };
    }

    private static PaymentStatus status(Payment payment, Operation operation, Amounts amounts) {
        if (!operation.terms().cause().counts()) {
            return payment.status();
        }
        return switch (operation.kind()) {
            case CAPTURE, ADJUST -> {
                if (amounts.captured() == 0) {
                    yield payment.status();
                }
                yield complete(amounts) ? PaymentStatus.CAPTURED : PaymentStatus.PARTIALLY_CAPTURED;
            }
            case VOID -> {
                if (amounts.captured() > 0) {
                    yield PaymentStatus.CAPTURED;
                }
                yield operation.terms().cause() == Cause.EXPIRY
                        ? PaymentStatus.EXPIRED
                        : PaymentStatus.CANCELED;
            }
            case REFUND -> payment.status();
            case AUTHORIZE, SALE -> throw new IllegalArgumentException(operation.kind().text());
        };
    }

    private static List<Posting> postings(Open open, Amounts then) {
        Operation operation = open.operation();
        Money amount = operation.amount();
        Amounts.Fees before = open.payment().amounts().fees();
        return switch (operation.kind()) {
            case CAPTURE ->
                    Ledger.captured(
                            movement(open),
                            amount,
                            new Money(then.fees().charged() - before.charged(), amount.currency()));
            case REFUND ->
                    operation.terms().cause() == Cause.LATE_APPROVAL
                            ? List.of(Ledger.reversedLate(movement(open), amount))
                            : Ledger.refunded(
                                    movement(open),
                                    amount,
                                    new Money(
                                            then.fees().returned() - before.returned(),
                                            amount.currency()));
            case VOID, ADJUST -> List.of();
            case AUTHORIZE, SALE -> throw new IllegalArgumentException(operation.kind().text());
        };
    }

    private Settled pending(Open open, BankReply.Pending pending, Instant now) {
        return new Settled(
                open.payment()
                        .next(
                                open.payment().status(),
                                open.payment().amounts(),
                                outcome(open),
                                now),
                open.operation().next(OperationStatus.PROCESSING, now),
                open.attempt().next(AttemptState.PENDING, pending.ids(), ""),
                Optional.of(config.schedule().getFirst()),
                events(open),
                List.of(),
                new Settled.ForKey.Answered(202));
    }

    private Settled notSent(Open open, BankReply.NotSent notSent, Instant now) {
        if (open.operation().status() == OperationStatus.IN_DOUBT) {
            // An earlier byte may have left; that this one did not proves nothing.
            return doubtful(open, notSent.reason(), BankIds.none(), now);
        }
        Payment payment = open.payment();
        Payment same = payment.next(payment.status(), payment.amounts(), payment.outcome(), now);
        if (open.operation().own()) {
            // The bank does not know the reference, so it can be sent as it is.
            return new Settled(
                    same,
                    open.operation(),
                    open.attempt().planned(),
                    Optional.of(pause(open.attempt().checks() + 1)),
                    List.of(),
                    List.of(),
                    new Settled.ForKey.Answered(202));
        }
        return new Settled(
                same,
                open.operation(),
                open.attempt().next(AttemptState.NOT_SENT, BankIds.none(), "not_sent"),
                Optional.of(config.reopenedFor()),
                List.of(),
                List.of(),
                new Settled.ForKey.Reopened());
    }

    /**
     * The attempt did nothing, and never will. What Oqim began itself is tried again; what somebody
     * asked for has failed.
     */
    private Settled withoutEffect(Open open, Attempt attempt, Instant now) {
        return open.operation().own()
                ? triedAgain(open, attempt, now)
                : undone(open, OperationStatus.FAILED, attempt, now);
    }

    private Settled triedAgain(Open open, Attempt attempt, Instant now) {
        boolean late = open.operation().terms().cause() == Cause.LATE_APPROVAL;
        boolean last = attempt.number() == Attempt.MOST;
        if (last && !late) {
            return undone(open, OperationStatus.FAILED, attempt, now);
        }
        Payment payment = open.payment();
        Settled waits =
                new Settled(
                        payment.next(payment.status(), payment.amounts(), outcome(open), now),
                        open.operation().next(OperationStatus.PROCESSING, now),
                        // What is nobody's is never given up: a person has to see to it now.
                        last
                                ? attempt.next(
                                        AttemptState.UNKNOWN, BankIds.none(), attempt.bankCode())
                                : attempt,
                        last ? Optional.of(pause(attempt.number())) : Optional.empty(),
                        events(open),
                        List.of(),
                        new Settled.ForKey.Answered(202));
        return last
                ? waits
                : waits.with(
                        new Then.TriesAgain(
                                attempt.again(attempt.bank()).planned(),
                                pause(attempt.number()),
                                late ? Optional.of("not_given_back") : Optional.empty()));
    }

    /** The bank says no. Money that is nobody's has to go back all the same. */
    private Settled refused(Open open, OperationStatus end, Attempt attempt, Instant now) {
        return open.operation().terms().cause() == Cause.LATE_APPROVAL
                ? triedAgain(open, attempt, now)
                : undone(open, end, attempt, now);
    }

    /** It did not happen, and what was kept for it is free again. */
    Settled undone(Open open, OperationStatus end, Attempt attempt, Instant now) {
        Payment payment = open.payment();
        Operation operation = open.operation();
        Amounts amounts = released(payment, operation);
        // All of it was used up while it might still have become more.
        PaymentStatus status = ended(payment.status(), amounts);
        Payment free = payment.next(status, amounts, outcome(open), now);
        return new Settled(
                operation.terms().cause() == Cause.EXPIRY
                        ? free.until(now.plus(expiry.retry()))
                        : free,
                operation.next(end, now),
                attempt,
                Optional.empty(),
                status == payment.status()
                        ? events(open, "operation.failed")
                        : events(open, "operation.failed", "payment." + status.text()),
                List.of(),
                new Settled.ForKey.Answered(201));
    }

    private Settled doubtful(Open open, String why, BankIds ids, Instant now) {
        Payment payment = open.payment();
        // One doubt is shown at a time; the operation itself says it in any case.
        boolean shown = payment.outcome().inDoubt().isPresent();
        InDoubt doubt =
                payment.outcome()
                        .inDoubt()
                        .orElseGet(
                                () ->
                                        new InDoubt(
                                                now,
                                                now.plus(Deadlines.patience(open, config)),
                                                open.operation().id()));
        return new Settled(
                payment.next(payment.status(), payment.amounts(), Payment.Outcome.of(doubt), now),
                open.operation().next(OperationStatus.IN_DOUBT, now),
                open.attempt().next(AttemptState.UNKNOWN, ids, why),
                Optional.of(pause(open.attempt().checks())),
                shown ? List.of() : List.of("payment.in_doubt"),
                List.of(),
                new Settled.ForKey.Answered(202));
    }

    private Duration pause(int tries) {
        List<Duration> schedule = config.schedule();
        return schedule.get(Math.min(tries, schedule.size() - 1));
    }

    /** What stays to be said of the payment once this operation is not in doubt. */
    private static Payment.Outcome outcome(Open open) {
        return shownInDoubt(open) ? Payment.Outcome.NOTHING : open.payment().outcome();
    }

    private static boolean shownInDoubt(Open open) {
        return open.payment()
                .outcome()
                .inDoubt()
                .filter(doubt -> doubt.operation().equals(open.operation().id()))
                .isPresent();
    }

    /** What leaves doubt says so first. */
    private static List<String> events(Open open, String... types) {
        List<String> events = new ArrayList<>();
        if (shownInDoubt(open)) {
            events.add("payment.resolved");
        }
        events.addAll(List.of(types));
        return events;
    }
}
