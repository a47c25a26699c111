package io.oqim.payment;

import io.oqim.bank.Bank;
import io.oqim.http.Problem;
import io.oqim.http.Refusal;
import io.oqim.money.Money;
import io.oqim.store.Commit;
import io.oqim.store.JournalFull;
import io.oqim.store.TypeId;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/**
 * Carries one capture, void, refund or adjustment from its first commit, which keeps its amount, to
 * its last, on the thread of its {@link Work}.
 */
final class Modifier {
    /** How often it is looked whether the one who is asking has been answered. */
    private static final Duration SOMEBODY_ASKS = Duration.ofMillis(20);

    private final Works works;
    private final KeyedRequest asked;
    private final Bank bank;
    private final Work work;
    private final Trace trace;
    private final Sending sending;
    private final Recovery recovery;
    private final Undoing undoing;

    /**
     * @param recovery by which the bank is asked first what it made of what is not decided
     * @param bank the payment's, at which room is reserved
     */
    Modifier(Works works, Recovery recovery, KeyedRequest asked, Bank bank, Work work) {
        this.works = works;
        this.asked = asked;
        this.bank = bank;
        this.work = work;
        this.trace = new Trace(works.traces(), asked.tenant().id());
        this.sending = new Sending(works, asked, work, trace);
        this.recovery = recovery;
        this.undoing = new Undoing(works, recovery);
    }

    /** What came of the first commit. */
    private sealed interface Begun {
        /** The key is somebody else's, or an earlier request's. */
        record Lost() implements Begun {}

        /** The database could not be written in time; nothing was. */
        record Busy() implements Begun {}

        /** It cannot be done, and nothing was written. */
        record Refused(Problem problem) implements Begun {}

        /** It is on disk. */
        record Stored(Open open, String bankReference, long sendBy) implements Begun {}

        /** It is on disk that what opens the payment is to be undone. */
        record Undone(Recovery.Stands decided) implements Begun {}
    }

    /**
     * Drives it to its end, however long that takes.
     *
     * @param next what the last try has left to do
     * @return nothing when the key is at work elsewhere; then nothing of this was written or sent
     */
    Optional<Answer> run(UUID payment, Modification modification, Answer.Next next) {
        if (next == Answer.Next.REOPENED) {
            return sending.lost(this::again);
        }
        askFirst(payment);
        Begun begun = inTurn(payment, () -> begin(payment, modification));
        return switch (begun) {
            case Begun.Lost lost -> sending.lost(this::again);
            case Begun.Busy busy -> refused(sending.notStored(Answer.Next.ANEW));
            case Begun.Refused refused -> refused(new Answer.Refused(refused.problem()));
            case Begun.Stored stored -> Optional.of(send(stored));
            case Begun.Undone undone -> Optional.of(tell(undone.decided()));
        };
    }

    /** One after the other, for no longer than a commit is waited for. */
    private Begun inTurn(UUID payment, Supplier<Begun> beginning) {
        return works.turns()
                .take(payment, works.config().journal().commitWait(), beginning)
                .orElseGet(
                        () ->
                                new Begun.Refused(
                                        Refusals.unavailable(
                                                "the payment, which others are changing")));
    }

    /**
     * What the bank knows by now decides what can be done. Somebody else who is asking is waited
     * for, no longer than a call takes.
     */
    private void askFirst(UUID payment) {
        long end = System.nanoTime() + works.config().banks().deadline().toNanos();
        Optional<Open> doubtful = works.operations().doubtful(asked.tenant().id(), payment);
        while (doubtful.isPresent()
                && !recovery.askNow(doubtful.get())
                && work.wanted()
                && System.nanoTime() - end < 0) {
            LockSupport.parkNanos(SOMEBODY_ASKS.toNanos());
            doubtful = works.operations().doubtful(asked.tenant().id(), payment);
        }
    }

    /** The bank is told to undo what opens the payment; how it then stands is the answer. */
    private Answer tell(Recovery.Stands decided) {
        work.stored(Claims.asItStands(decided.open(), asked.key()).at(decided.seq()));
        if (!work.maySend()) {
            return new Answer.Refused(Refusals.deadline());
        }
        Recovery.Stands stands = undoing.tell(decided);
        Answer.Given given = Claims.asItStands(stands.open(), asked.key()).at(stands.seq());
        return works.claims().keep(asked, given, works.config().journal().secondCommit());
    }

    /** A key that was used before has its own answer, whatever the payment would refuse now. */
    private Optional<Answer> refused(Answer.Refused refusal) {
        return works.claims().look(asked) instanceof Claims.Standing.Unclaimed
                ? Optional.of(refusal)
                : sending.lost(this::again);
    }

    private Begun begin(UUID payment, Modification modification) {
        while (work.wanted()) {
            Payment now =
                    works.payments()
                            .find(asked.tenant().id(), payment)
                            .orElseThrow(() -> new Refusal(Problem.notFound("payment")));
            if (!now.bank().equals(bank.name())) {
                // Its next try went to another bank, where no room is reserved.
                return new Begun.Refused(Refusals.bankUnavailable());
            }
            switch (Lifecycle.decide(now, modification)) {
                case Lifecycle.Decision.Refused refused -> {
                    return new Begun.Refused(refused.problem());
                }
                case Lifecycle.Decision.Undoes undoes -> {
                    Optional<Begun> begun = undo(now);
                    if (begun.isPresent()) {
                        return begun.get();
                    }
                }
                case Lifecycle.Decision.Reserved reserved -> {
                    Open open = open(now, modification, reserved);
                    if (!covered(open)) {
                        return insufficient();
                    }
                    String reference = bankReference(payment);
                    long sendBy = sendBy();
                    trace.about(open);
                    switch (commit(works.changes().modify(open, asked), "commit_1")) {
                        case Commit.Accepted accepted -> {
                            return new Begun.Stored(open, reference, sendBy);
                        }
                        case Commit.Withdrawn withdrawn -> {
                            return new Begun.Busy();
                        }
                        case Commit.Refused refused -> {
                            if (!(works.claims().look(asked)
                                    instanceof Claims.Standing.Unclaimed)) {
                                return new Begun.Lost();
                            }
                            // Another refund took the balance, or another process changed the
                            // payment meanwhile: look again.
                        }
                    }
                }
            }
        }
        return new Begun.Refused(Refusals.deadline());
    }

    /** Whether the balance allows it, as far as it can be seen; the commit decides. */
    private boolean covered(Open open) {
        return !open.operation().terms().fromBalance()
                || works.balances().covers(open.tenant(), open.operation().amount());
    }

    /** A key that was used before has its own answer all the same. */
    private static Begun insufficient() {
        return new Begun.Refused(Refusals.insufficientBalance());
    }

    /** Nothing when it was decided, or changed, meanwhile. */
    private Optional<Begun> undo(Payment now) {
        Open opening =
                works.operations()
                        .opening(asked.tenant().id(), now.id())
                        .orElseThrow(() -> new IllegalStateException("a payment without opening"));
        if (opening.attempt().state() == AttemptState.VOIDING) {
            return Optional.of(new Begun.Refused(Refusals.undoing()));
        }
        if (!undoing.possible(opening)) {
            return Optional.of(new Begun.Refused(Refusals.cannotUndo()));
        }
        Optional<Recovery.Stands> decided =
                undoing.decide(opening, change -> PaymentChanges.claiming(change, opening, asked));
        if (decided.isEmpty()
                && !(works.claims().look(asked) instanceof Claims.Standing.Unclaimed)) {
            return Optional.of(new Begun.Lost());
        }
        return decided.map(Begun.Undone::new);
    }

    private Open open(
            Payment now, Modification modification, Lifecycle.Decision.Reserved reserved) {
        Instant at = Moment.now();
        Operation operation =
                new Operation(
                        TypeId.next(),
                        now.id(),
                        modification.kind(),
                        OperationStatus.PROCESSING,
                        new Money(reserved.extent().amount(), now.amount().currency()),
                        terms(modification, reserved.extent()),
                        at,
                        at);
        long tenant = asked.tenant().id();
        return new Open(
                tenant,
                now.next(now.status(), reserved.amounts(), now.outcome(), at),
                operation,
                Attempt.first(
                        operation.id(), bank.name(), works.hashes().reference(tenant, asked.key())),
                asked.tenant().policy());
    }

    private Operation.Terms terms(Modification modification, Extent extent) {
        return new Operation.Terms(
                Cause.MERCHANT,
                Optional.of(asked.key()),
                modification instanceof Modification.Capture capture && capture.last(),
                extent.before(),
                extent.releases(),
                modification instanceof Modification.Refund
                        && !asked.tenant().policy().refundBeyondBalance());
    }

    private long sendBy() {
        return System.nanoTime() + works.config().banks().sendWindow().toNanos();
    }

    private Commit commit(io.oqim.store.Change change, String step) {
        long start = trace.micros();
        trace.began(step);
        Commit commit;
        try {
            commit = works.journal().commit(change, works.config().journal().commitWait());
        } catch (JournalFull full) {
            commit = new Commit.Withdrawn();
        }
        trace.step(
                step, start, commit.getClass().getSimpleName().toLowerCase(java.util.Locale.ROOT));
        return commit;
    }

    /** The next try of an operation whose call proved unsent; its amount is still kept. */
    private Optional<Answer> again(Open last) {
        String reference = bankReference(last.payment().id());
        Begun begun = inTurn(last.payment().id(), () -> beginAgain(reference));
        return switch (begun) {
            case Begun.Stored stored -> Optional.of(send(stored));
            case Begun.Busy busy -> Optional.of(sending.notStored(Answer.Next.REOPENED));
            case Begun.Refused refused -> Optional.of(new Answer.Refused(refused.problem()));
            case Begun.Lost lost -> Optional.of(new Answer.Refused(Refusals.inUse()));
            case Begun.Undone undone -> throw new IllegalStateException("nothing is undone here");
        };
    }

    /** Others change the payment too, in other processes, so it begins with how it stands. */
    private Begun beginAgain(String reference) {
        while (work.wanted()
                && works.claims().look(asked) instanceof Claims.Standing.Reopened reopened) {
            Open open = nextTry(reopened.last());
            long sendBy = sendBy();
            trace.about(open);
            switch (commit(
                    works.changes().again(open, reopened.last().attempt(), asked.key()),
                    "commit_1")) {
                case Commit.Accepted accepted -> {
                    return new Begun.Stored(open, reference, sendBy);
                }
                case Commit.Withdrawn withdrawn -> {
                    return new Begun.Busy();
                }
                case Commit.Refused changed -> {
                    // looked at again
                }
            }
        }
        return new Begun.Lost();
    }

    private Open nextTry(Open last) {
        Payment payment = last.payment();
        return new Open(
                last.tenant(),
                payment.next(payment.status(), payment.amounts(), payment.outcome(), Moment.now()),
                last.operation(),
                last.attempt().again(bank.name()),
                last.policy());
    }

    /**
     * The bank's name of the payment; read before anything is written, so that nothing fails after.
     */
    private String bankReference(UUID payment) {
        return works.operations()
                .bankReference(asked.tenant().id(), payment)
                .orElseThrow(() -> new IllegalStateException("the bank never named the payment"));
    }

    private Answer send(Begun.Stored stored) {
        work.stored(() -> Sending.interim(stored.open(), 0));
        return sending.send(
                new Sending.Sent(stored.open(), stored.sendBy(), 0),
                call ->
                        Sending.call(
                                bank, stored.open().operation(), stored.bankReference(), call));
    }
}
