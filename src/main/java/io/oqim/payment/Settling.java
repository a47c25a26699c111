package io.oqim.payment;

import io.oqim.bank.BankIds;
import io.oqim.bank.BankReply;
import io.oqim.config.BanksConfig;
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
 * What a bank's reply makes of an operation: the one place that says it, for the first answer as
 * well as for what the resolver learns later. Here of what opens a payment; {@link
 * SettlingOperation} says the rest. Pure.
 */
final class Settling {
    /** Why an attempt is in doubt whose reference the bank had seen before. */
    static final String DUPLICATE = "duplicate";

    private final ResolverConfig config;
    private final BanksConfig banks;
    private final SettlingOperation operations;

    Settling(OqimConfig config) {
        this.config = config.resolver();
        this.banks = config.banks();
        this.operations = new SettlingOperation(config);
    }

    /** What becomes of what a bank does too late. */
    SettlingLate late() {
        return new SettlingLate(operations);
    }

    Settled settle(Open open, BankReply reply, Instant now) {
        return open.operation().kind().opens()
                ? opening(open, reply, now)
                : operations.settle(open, reply, now);
    }

    private Settled opening(Open open, BankReply reply, Instant now) {
        return switch (reply) {
            case BankReply.Approved approved -> approved(open, approved, now);
            case BankReply.Pending pending -> pending(open, pending, now);
            case BankReply.Declined declined -> {
                Decline decline =
                        new Decline(
                                declined.code(),
                                declined.hard() ? "hard" : "soft",
                                declined.code(),
                                declined.message());
                yield finished(
                        open,
                        new End(
                                PaymentStatus.DECLINED,
                                Payment.Outcome.of(decline),
                                "payment.declined"),
                        open.attempt().next(AttemptState.DECLINED, declined.ids(), declined.code()),
                        now);
            }
            case BankReply.Rejected rejected ->
                    failed(
                            open,
                            new Failure(
                                    "bank_rejected",
                                    "The bank refused the request: " + rejected.code() + "."),
                            open.attempt()
                                    .next(AttemptState.REJECTED, BankIds.none(), rejected.code()),
                            now);
            case BankReply.NotSent notSent -> notSent(open, notSent, now);
            case BankReply.NotProcessed notProcessed -> notProcessed(open, notProcessed, now);
            case BankReply.Unknown unknown -> doubtful(open, Doubt.because(unknown.reason()), now);
            case BankReply.Duplicate duplicate -> doubtful(open, Doubt.because(DUPLICATE), now);
            case BankReply.Reversed reversed -> reversed(open, reversed, now);
        };
    }

    /** A check refused the payment after it was stored, and no byte left. */
    Settled refusedByRisk(Open open, Decline decline, Instant now) {
        return finished(
                open,
                new End(PaymentStatus.DECLINED, Payment.Outcome.of(decline), "payment.declined"),
                open.attempt().next(AttemptState.NOT_SENT, BankIds.none(), decline.code()),
                now);
    }

    /**
     * It is decided that the attempt must not happen. Written before the bank is told, so that
     * whoever else holds an answer to it can no longer settle it. Nothing is told of it yet: as a
     * rule the bank says at once that it is done.
     */
    Settled voiding(Open open, WhyVoided why, Instant now) {
        Payment payment = open.payment();
        boolean action = payment.status() == PaymentStatus.REQUIRES_ACTION;
        Payment.Outcome outcome = action ? Payment.Outcome.NOTHING : payment.outcome();
        return new Settled(
                payment.next(payment.status(), payment.amounts(), outcome, now),
                open.operation(),
                open.attempt().next(AttemptState.VOIDING, BankIds.none(), why.text()),
                Optional.of(pause(0)),
                List.of(),
                List.of(),
                new Settled.ForKey.Answered(AnswerBody.status(open)));
    }

    /** The bank did not say that it is undone: whether it happened is in doubt from now on. */
    Settled stillVoiding(Open open, Instant now) {
        BankReply.Unknown silence = new BankReply.Unknown(open.attempt().bankCode());
        return settle(open, silence, now)
                .with(
                        open.attempt()
                                .next(
                                        AttemptState.VOIDING,
                                        BankIds.none(),
                                        open.attempt().bankCode()));
    }

    /**
     * A person has found out what became of it.
     *
     * @param ids what the bank calls it, as far as the person knows
     */
    Settled byHand(Open open, boolean happened, BankIds ids, Instant now) {
        if (happened) {
            return settle(open, new BankReply.Approved(open.operation().amount(), ids), now);
        }
        if (open.operation().terms().cause() == Cause.LATE_APPROVAL) {
            // What is nobody's is never given up.
            return settle(open, new BankReply.NotProcessed("said by hand"), now);
        }
        Attempt attempt =
                open.attempt().next(AttemptState.REJECTED, BankIds.none(), "settled_by_hand");
        return open.operation().kind().opens()
                ? failed(
                        open,
                        new Failure("settled_by_hand", "It was found that it did not happen."),
                        attempt,
                        now)
                : operations.undone(open, OperationStatus.FAILED, attempt, now);
    }

    /** No byte left, and the merchant does not want it any more. */
    Settled canceledUnsent(Open open, Instant now) {
        return open.operation().kind().opens()
                ? canceled(open, AttemptState.NOT_SENT, "not_sent", now)
                : operations.givenUp(open, now);
    }

    /** No byte left, and nobody will come back for the payment. */
    Settled givenUp(Open open, Instant now) {
        if (!open.operation().kind().opens()) {
            return operations.givenUp(open, now);
        }
        return failed(
                open,
                new Failure(
                        "bank_unavailable",
                        "The bank could not be reached; nothing was sent to it."),
                open.attempt().next(AttemptState.NOT_SENT, BankIds.none(), "not_sent"),
                now);
    }

    private Settled approved(Open open, BankReply.Approved approved, Instant now) {
        Money asked = open.operation().amount();
        if (!approved.effected().equals(asked)) {
            // Never accepted; the resolver undoes it by its reference.
            return doubtful(open, new Doubt(mismatch(approved), approved.ids()), now);
        }
        Payment payment = open.payment();
        boolean sale = open.operation().kind() == OperationKind.SALE;
        Amounts authorized = payment.amounts().authorize(asked.minorUnits());
        Money fee = Fees.of(open);
        PaymentStatus status = sale ? PaymentStatus.CAPTURED : PaymentStatus.AUTHORIZED;
        Payment then =
                payment.next(
                        status,
                        sale
                                ? authorized.capture(asked.minorUnits()).charge(fee.minorUnits())
                                : authorized,
                        Payment.Outcome.NOTHING,
                        now);
        List<Posting> postings =
                sale ? Ledger.captured(SettlingOperation.movement(open), asked, fee) : List.of();
        return new Settled(
                sale ? then : then.until(now.plus(banks.authorizationValidity(payment.bank()))),
                open.operation().next(OperationStatus.SUCCEEDED, now),
                open.attempt().next(AttemptState.APPROVED, approved.ids(), ""),
                Optional.empty(),
                payment.inReview()
                        ? events(open, "payment." + status.text(), "payment.in_review")
                        : events(open, "payment." + status.text()),
                postings,
                new Settled.ForKey.Answered(201));
    }

    /** Why an approval of something else than was asked is in doubt. */
    static String mismatch(BankReply.Approved approved) {
        return "amount_mismatch: approved "
                + approved.effected().minorUnits()
                + " "
                + approved.effected().currencyCode();
    }

    private Settled pending(Open open, BankReply.Pending pending, Instant now) {
        Payment payment = open.payment();
        boolean action = pending.redirect().isPresent();
        Payment.Outcome outcome =
                pending.redirect().map(Payment.Outcome::redirect).orElse(Payment.Outcome.NOTHING);
        PaymentStatus status = action ? PaymentStatus.REQUIRES_ACTION : PaymentStatus.PROCESSING;
        return new Settled(
                payment.next(status, payment.amounts(), outcome, now),
                open.operation()
                        .next(
                                action
                                        ? OperationStatus.REQUIRES_ACTION
                                        : OperationStatus.PROCESSING,
                                now),
                open.attempt().next(AttemptState.PENDING, pending.ids(), ""),
                Optional.of(pause(0)),
                action ? events(open, "payment.requires_action") : events(open),
                List.of(),
                new Settled.ForKey.Answered(action ? 201 : 202));
    }

    private Settled notSent(Open open, BankReply.NotSent notSent, Instant now) {
        if (open.payment().status() == PaymentStatus.IN_DOUBT) {
            // An earlier byte may have left; that this one did not proves nothing.
            return doubtful(open, Doubt.because(notSent.reason()), now);
        }
        Payment payment = open.payment();
        return new Settled(
                payment.next(
                        PaymentStatus.PROCESSING, payment.amounts(), Payment.Outcome.NOTHING, now),
                open.operation(),
                open.attempt().next(AttemptState.NOT_SENT, BankIds.none(), "not_sent"),
                Optional.of(config.reopenedFor()),
                List.of(),
                List.of(),
                new Settled.ForKey.Reopened());
    }

    private Settled notProcessed(Open open, BankReply.NotProcessed notProcessed, Instant now) {
        return failed(
                open,
                new Failure(
                        "bank_unavailable",
                        "The bank did not process the payment: " + notProcessed.reason() + "."),
                open.attempt().next(AttemptState.REJECTED, BankIds.none(), "not_processed"),
                now);
    }

    /** Why it is in doubt, and what the bank called it all the same. */
    private record Doubt(String reason, BankIds ids) {
        static Doubt because(String reason) {
            return new Doubt(reason, BankIds.none());
        }
    }

    private Settled doubtful(Open open, Doubt why, Instant now) {
        Payment payment = open.payment();
        InDoubt doubt =
                payment.outcome()
                        .inDoubt()
                        .orElseGet(
                                () ->
                                        new InDoubt(
                                                now,
                                                now.plus(Deadlines.patience(open, config)),
                                                open.operation().id()));
        boolean known = payment.status() == PaymentStatus.IN_DOUBT;
        return new Settled(
                payment.next(
                        PaymentStatus.IN_DOUBT, payment.amounts(), Payment.Outcome.of(doubt), now),
                open.operation().next(OperationStatus.IN_DOUBT, now),
                open.attempt().next(AttemptState.UNKNOWN, why.ids(), why.reason()),
                Optional.of(pause(open.attempt().checks())),
                known ? List.of() : List.of("payment.in_doubt"),
                List.of(),
                new Settled.ForKey.Answered(202));
    }

    private Settled reversed(Open open, BankReply.Reversed reversed, Instant now) {
        if (WhyVoided.CANCELED.of(open.attempt())) {
            return canceled(open, AttemptState.REVERSED, "voided_by_reference", now);
        }
        Attempt attempt =
                open.attempt().next(AttemptState.REVERSED, reversed.ids(), "voided_by_reference");
        if (WhyVoided.CHALLENGE_EXPIRED.of(open.attempt())) {
            Failure failure =
                    new Failure(
                            "challenge_expired", "The customer did not do what he had to in time.");
            return finished(
                    open,
                    new End(PaymentStatus.EXPIRED, Payment.Outcome.of(failure), "payment.expired"),
                    attempt,
                    now);
        }
        if (!reversed.hadEffect()) {
            return failed(
                    open,
                    new Failure(
                            "not_processed",
                            "The bank never processed the payment, and has been told not to."),
                    attempt,
                    now);
        }
        Failure failure =
                new Failure(
                        "reversed",
                        "The outcome could not be confirmed in time, so the bank was told to undo it.");
        return finished(
                open,
                new End(PaymentStatus.CANCELED, Payment.Outcome.of(failure), "payment.canceled"),
                attempt,
                now);
    }

    private Settled canceled(Open open, AttemptState state, String code, Instant now) {
        return finished(
                open,
                new End(PaymentStatus.CANCELED, Payment.Outcome.NOTHING, "payment.canceled"),
                open.attempt().next(state, BankIds.none(), code),
                now);
    }

    private Settled failed(Open open, Failure failure, Attempt attempt, Instant now) {
        return finished(
                open,
                new End(PaymentStatus.FAILED, Payment.Outcome.of(failure), "payment.failed"),
                attempt,
                now);
    }

    private record End(PaymentStatus status, Payment.Outcome outcome, String event) {}

    private Settled finished(Open open, End end, Attempt attempt, Instant now) {
        Payment payment = open.payment();
        OperationStatus operation =
                switch (end.status()) {
                    case DECLINED -> OperationStatus.DECLINED;
                    case CANCELED, EXPIRED -> OperationStatus.CANCELED;
                    case FAILED,
                            REQUIRES_ACTION,
                            PROCESSING,
                            IN_DOUBT,
                            AUTHORIZED,
                            PARTIALLY_CAPTURED,
                            CAPTURED ->
                            OperationStatus.FAILED;
                };
        return new Settled(
                payment.next(end.status(), payment.amounts(), end.outcome(), now),
                open.operation().next(operation, now),
                attempt,
                Optional.empty(),
                events(open, end.event()),
                List.of(),
                new Settled.ForKey.Answered(201));
    }

    /** What leaves doubt says so first. */
    private static List<String> events(Open open, String... types) {
        List<String> events = new ArrayList<>();
        if (open.payment().status() == PaymentStatus.IN_DOUBT) {
            events.add("payment.resolved");
        }
        events.addAll(List.of(types));
        return events;
    }

    /** The pause before the next question, after this many. */
    Duration pause(int checks) {
        List<Duration> schedule = config.schedule();
        return schedule.get(Math.min(checks, schedule.size() - 1));
    }
}
