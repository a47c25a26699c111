package io.oqim.payment;

import io.oqim.bank.Authorize;
import io.oqim.bank.Bank;
import io.oqim.bank.BankCall;
import io.oqim.bank.BankReply;
import io.oqim.concurrent.FanOut;
import io.oqim.concurrent.Leg;
import io.oqim.store.Change;
import io.oqim.store.Commit;
import io.oqim.store.JournalFull;
import io.oqim.store.TypeId;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries one payment from its first commit to its last, on the thread of its {@link Work}.
 *
 * <p>The order is the point: the claim and the attempt are on disk before the first byte leaves for
 * the bank, and what the bank said is on disk before anybody is told.
 */
final class Driver {
    private static final Logger LOG = LoggerFactory.getLogger(Driver.class);

    private final Works works;
    private final KeyedRequest asked;
    private final Bank bank;
    private final Work work;
    private final Trace trace = new Trace();

    /**
     * @param bank at which room is reserved
     */
    Driver(Works works, KeyedRequest asked, Bank bank, Work work) {
        this.works = works;
        this.asked = asked;
        this.bank = bank;
        this.work = work;
    }

    /** A payment with its ids and hashes, and the change that stores it. */
    private record Prepared(Open open, Change change) {}

    /**
     * Drives it to its end, however long that takes.
     *
     * @return nothing when the key is somebody else's; then nothing of this was written or sent
     */
    Optional<Answer> run() {
        Prepared first = works.crypto().run(this::prepare);
        return drive(first, this::lost);
    }

    private Optional<Answer> drive(Prepared prepared, Supplier<Optional<Answer>> lost) {
        long sendBy = System.nanoTime() + works.config().banks().sendWindow().toNanos();
        long start = trace.micros();
        Open open = prepared.open();
        FanOut fan = FanOut.within(works.config().risk().deadline());
        Begun begun;
        try (fan) {
            begun = begin(prepared, fan);
        } finally {
            // Each leg has its end by now, also when the claim was lost.
            trace.add(start, fan.timings());
            works.checks().measure(fan.timings());
        }
        return switch (begun) {
            case Begun.Lost nothing -> lost.get();
            case Begun.Busy busy ->
                    Optional.of(new Answer.Refused(Refusals.unavailable("the database is busy")));
            case Begun.Refused refused ->
                    Optional.of(refusedByRisk(open, refused.decline(), refused.seq()));
            case Begun.Passed passed -> Optional.of(send(open, sendBy, passed.seq()));
        };
    }

    /** What the first commit and the checks beside it came to. */
    private sealed interface Begun {
        /** The key is somebody else's; nothing was written. */
        record Lost() implements Begun {}

        /** The database could not be written in time; nothing was. */
        record Busy() implements Begun {}

        /** It is stored, and a check refused it. */
        record Refused(Decline decline, long seq) implements Begun {}

        /** It is stored, and may go to the bank. */
        record Passed(long seq) implements Begun {}
    }

    private Begun begin(Prepared prepared, FanOut fan) {
        Leg<Commit> commit =
                fan.joined(
                        "commit_1",
                        () ->
                                works.journal()
                                        .commit(
                                                prepared.change(),
                                                works.config().journal().commitWait()));
        Checks.Running checks = works.checks().start(fan, asked.tenant(), prepared.open(), bank);
        // The claim decides first: who lost it drops the rest.
        return switch (stored(commit.await())) {
            case Commit.Accepted accepted -> {
                long seq = accepted.lastSeq();
                work.stored(interim(prepared.open(), seq));
                yield works.checks()
                        .verdict(checks)
                        .<Begun>map(decline -> new Begun.Refused(decline, seq))
                        .orElseGet(() -> new Begun.Passed(seq));
            }
            case Commit.Refused lost -> new Begun.Lost();
            case Commit.Withdrawn withdrawn -> new Begun.Busy();
        };
    }

    /** What the first commit came to; it never hides behind a queue that is full. */
    private static Commit stored(Leg.Result<Commit> result) {
        return switch (result) {
            case Leg.Result.Done<Commit> done -> done.value();
            case Leg.Result.Failed<Commit> failed when failed.cause() instanceof JournalFull ->
                    new Commit.Withdrawn();
            case Leg.Result.Failed<Commit> failed ->
                    throw new IllegalStateException("first commit failed", failed.cause());
            case Leg.Result.Late<Commit> late ->
                    throw new IllegalStateException("a joined leg is never late");
        };
    }

    /** The claim was there already: somebody works on it, or this is the next try. */
    private Optional<Answer> lost() {
        if (!work.follows()) {
            return Optional.of(new Answer.Refused(Refusals.inUse()));
        }
        return works.claims().look(asked) instanceof Claims.Standing.Reopened reopened
                ? again(reopened.last())
                : Optional.empty();
    }

    /** The next try of a payment whose call proved unsent, at whatever bank has room now. */
    private Optional<Answer> again(Open last) {
        if (last.attempt().number() == Attempt.MOST) {
            // It is left to the resolver, which lets the payment fail.
            return Optional.of(new Answer.Refused(Refusals.bankUnavailable()));
        }
        Open open =
                new Open(
                        last.tenant(),
                        last.payment().triedAgain(bank.name(), Moment.now()),
                        last.operation(),
                        last.attempt().again(bank.name()));
        work.prepares();
        return drive(
                new Prepared(open, works.changes().again(open, last.attempt(), asked.key())),
                () -> {
                    // Another try was quicker.
                    boolean ignored = work.follows();
                    return Optional.empty();
                });
    }

    private Answer refusedByRisk(Open open, Decline decline, long seq) {
        Settled settled = works.settling().refusedByRisk(open, decline, Moment.now());
        return commit(open, settled, seq, new BankReply.NotSent("refused by risk"));
    }

    private Answer send(Open open, long sendBy, long seq) {
        BankReply reply;
        if (work.maySend()) {
            long start = trace.micros();
            reply =
                    bank.authorize(
                            authorization(),
                            new BankCall(
                                    open.attempt().reference(),
                                    sendBy,
                                    works.config().banks().deadline()));
            trace.step("bank_" + open.operation().kind().text(), start, reply.name());
        } else {
            reply = new BankReply.NotSent("nobody waited for it any longer");
            Settled reopened = works.settling().settle(open, reply, Moment.now());
            Answer ignored = commit(open, reopened, seq, reply);
            return new Answer.Refused(Refusals.deadline());
        }
        Settled settled =
                reply instanceof BankReply.NotSent && !work.unsent()
                        // Somebody was told that it goes on, so nobody may have to come back for
                        // it.
                        ? works.settling().givenUp(open, Moment.now())
                        : works.settling().settle(open, reply, Moment.now());
        return commit(open, settled, seq, reply);
    }

    private Answer commit(Open open, Settled settled, long seq, BankReply reply) {
        byte[] legs = trace.json(open.operation().id());
        Optional<SecondCommit.Written> written =
                works.secondCommit().write(open, settled, Optional.of(legs), seq);
        UUID payment = open.payment().id();
        if (written.isEmpty()) {
            return overtaken(open, reply);
        }
        return switch (settled.forKey()) {
            case Settled.ForKey.Answered answered ->
                    new Answer.Given(
                            answered.status(),
                            written.get().body(),
                            written.get().lastSeq(),
                            payment,
                            false);
            case Settled.ForKey.Reopened reopened -> new Answer.Refused(Refusals.bankUnavailable());
        };
    }

    /**
     * Somebody else moved the payment on meanwhile. If it is still open, what the bank told us is
     * what it waits for.
     */
    private Answer overtaken(Open open, BankReply reply) {
        Optional<Open> now =
                works.operations()
                        .open(open.tenant(), open.attempt().bank(), open.attempt().reference())
                        .map(OperationStore.Due::open)
                        .filter(still -> still.attempt().state().waitsForTheBank());
        if (now.isPresent() && reply.decides()) {
            Settled settled = works.settling().settle(now.get(), reply, Moment.now());
            Answer answer = commit(now.get(), settled, 0, reply);
            // Whoever moved it on has stored what the key answers.
            return standing(open).orElse(answer);
        }
        works.evidence().keep(open, reply);
        return standing(open)
                .orElseGet(
                        () -> {
                            LOG.atError()
                                    .addKeyValue("tenant", open.tenant())
                                    .addKeyValue("attempt", open.attempt().reference())
                                    .log(
                                            "the database has lost a payment that it had"
                                                    + " acknowledged; the bank said: {}",
                                            reply.name());
                            return new Answer.Refused(Refusals.inUse());
                        });
    }

    private Optional<Answer> standing(Open open) {
        return works.claims()
                .answer(open.tenant(), asked.key(), open.payment().id())
                .map(given -> given);
    }

    private Authorize authorization() {
        CreatePayment request = asked.payment();
        String base = works.config().banks().callbackUrl();
        Optional<String> callback =
                base.isEmpty()
                        ? Optional.empty()
                        : Optional.of(
                                base + "/callbacks/" + bank.name() + "/" + asked.tenant().id());
        return new Authorize(
                request.amount(),
                request.captureMethod() == CaptureMethod.AUTOMATIC,
                request.card(),
                request.details().returnUrl(),
                callback);
    }

    /** What is true from the first commit on. */
    private static Answer.Given interim(Open open, long seq) {
        return new Answer.Given(
                202, PaymentJson.bytes(open.payment()), seq, open.payment().id(), false);
    }

    /** Ids and hashes; on the crypto pool. */
    private Prepared prepare() {
        CreatePayment request = asked.payment();
        Instant now = Moment.now();
        Payment payment =
                Payment.begun(
                        TypeId.next(),
                        request,
                        new Payment.Origin(
                                bank.name(),
                                works.hashes().card(request.card().number()),
                                asked.tenant().test()),
                        now);
        Operation operation =
                new Operation(
                        TypeId.next(),
                        payment.id(),
                        request.kind(),
                        OperationStatus.PROCESSING,
                        request.amount(),
                        Optional.of(asked.key()),
                        now,
                        now);
        Open open =
                new Open(
                        asked.tenant().id(),
                        payment,
                        operation,
                        Attempt.first(
                                operation.id(),
                                bank.name(),
                                works.hashes().reference(asked.tenant().id(), asked.key())));
        return new Prepared(open, works.changes().first(open, asked.key(), asked.fingerprint()));
    }
}
