package io.oqim.payment;

import io.oqim.bank.Authorize;
import io.oqim.bank.Bank;
import io.oqim.bank.BankCall;
import io.oqim.bank.BankReply;
import io.oqim.concurrent.FanOut;
import io.oqim.concurrent.Leg;
import io.oqim.http.Problem;
import io.oqim.merchant.Tenant;
import io.oqim.store.Commit;
import io.oqim.store.JournalFull;
import io.oqim.store.StoreException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries one payment from its first commit to its last, on a virtual thread of its own.
 *
 * <p>Whoever asked for the payment waits for the answer as long as he likes: his leaving ends the
 * waiting, never the work. The order is the point: the claim and the attempt are on disk before the
 * first byte leaves for the bank, and what the bank said is on disk before anybody is told.
 */
final class Driver implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(Driver.class);
    static final Duration RETRY = Duration.ofSeconds(1);

    private enum Phase {
        /** Nothing of it has left, and as long as it stays here, nothing will. */
        PREPARING,
        /** Bytes may have left. */
        SENDING,
        /** Somebody else has the key; what he sent is his to say. */
        FOLLOWING,
        /** Nobody waits any longer, and nothing will leave. */
        ABANDONED
    }

    private final Works works;
    private final Tenant tenant;
    private final Prepared prepared;
    private final Bank bank;
    private final Winner winner;
    private final Trace trace = new Trace();
    private final AtomicReference<Phase> phase = new AtomicReference<>(Phase.PREPARING);
    private final CountDownLatch done = new CountDownLatch(1);
    private volatile @Nullable Answer answer;
    private volatile @Nullable Answer interim;

    Driver(Works works, Tenant tenant, Prepared prepared, Bank bank) {
        this.works = works;
        this.tenant = tenant;
        this.prepared = prepared;
        this.bank = bank;
        this.winner = new Winner(works, tenant.id(), prepared);
    }

    byte[] fingerprint() {
        return prepared.fingerprint();
    }

    @Override
    public void run() {
        Answer result;
        try {
            result = drive();
        } catch (RuntimeException | Error e) {
            // Also after an Error: others may wait for this key, and must not wait for ever.
            LOG.atError()
                    .addKeyValue("tenant", tenant.id())
                    .addKeyValue("payment", prepared.open().payment().id())
                    .setCause(e)
                    .log("payment could not be carried on; the resolver will");
            Answer known = interim;
            // Once it is on disk it is not lost: the caller learns the rest from the payment.
            result = known != null ? known : new Answer.Refused(broken());
        }
        answer = result;
        done.countDown();
    }

    /**
     * Waits for the answer.
     *
     * @return nothing when time is over; the caller then asks {@link #leave}
     */
    Optional<Answer> await(Duration patience) throws InterruptedException {
        return done.await(patience.toNanos(), TimeUnit.NANOSECONDS)
                ? Optional.ofNullable(answer)
                : Optional.empty();
    }

    /**
     * What to say when nobody waits any longer: the payment as it stands when bytes may have left;
     * a refusal when none have, and then none will.
     */
    Answer leave() {
        if (phase.compareAndSet(Phase.PREPARING, Phase.ABANDONED)) {
            return new Answer.Refused(
                    Problem.busy(
                            "deadline_exceeded",
                            "The payment could not be started in time; this request sent nothing to a bank. Try again with the"
                                    + " same key.",
                            RETRY));
        }
        Answer known = answer;
        if (known != null) {
            return known;
        }
        return interim instanceof Answer.Given given
                ? kept(given)
                : new Answer.Refused(Winner.inUse());
    }

    /**
     * What was answered is what the key answers from now on, unless the payment got there first.
     */
    private Answer kept(Answer.Given given) {
        try {
            Commit ignored =
                    works.journal()
                            .commit(
                                    PaymentChanges.answered(prepared.open(), prepared.key(), given),
                                    works.config().journal().secondCommit());
            return winner.settledAnswer(given.payment());
        } catch (RuntimeException e) {
            return given;
        }
    }

    private Answer drive() {
        long sendBy = System.nanoTime() + works.config().banks().sendWindow().toNanos();
        Open open = prepared.open();
        Optional<Decline> refused;
        long firstSeq;
        try (FanOut fan = FanOut.within(works.checks().config().deadline())) {
            long start = trace.micros();
            Leg<Commit> commit =
                    fan.joined(
                            "commit_1",
                            () ->
                                    works.journal()
                                            .commit(
                                                    prepared.first(),
                                                    works.config().journal().commitWait()));
            Checks.Running checks = works.checks().start(fan, tenant, open, bank);
            // The claim decides first: who lost it drops the rest.
            switch (commit.await()) {
                case Leg.Result.Done<Commit> written -> {
                    switch (written.value()) {
                        case Commit.Accepted accepted -> firstSeq = accepted.lastSeq();
                        case Commit.Refused lost -> {
                            return lost();
                        }
                        case Commit.Withdrawn withdrawn -> {
                            return new Answer.Refused(unavailable("the database is busy"));
                        }
                    }
                }
                case Leg.Result.Failed<Commit> failed -> {
                    return notStored(failed.cause());
                }
                case Leg.Result.Late<Commit> late ->
                        throw new IllegalStateException("a joined leg is never late");
            }
            interim = accepted(open, firstSeq);
            refused = works.checks().verdict(checks);
            trace.add(start, fan.timings());
            works.checks().measure(fan.timings());
        }
        if (refused.isPresent()) {
            return commit(
                    open,
                    works.settling().refusedByRisk(open, refused.get(), now()),
                    firstSeq,
                    new BankReply.Unavailable(true, "refused by risk"));
        }
        return send(open, sendBy, firstSeq);
    }

    /** The claim was somebody else's: his answer, or the next try of the same payment. */
    private Answer lost() {
        if (!phase.compareAndSet(Phase.PREPARING, Phase.FOLLOWING)) {
            return new Answer.Refused(Winner.inUse());
        }
        return switch (winner.answer(works.config().server().requestDeadline())) {
            case Winner.Found found -> found.answer();
            case Winner.Continue again -> {
                Open open = again.open();
                if (!open.attempt().bank().equals(bank.name())) {
                    yield new Answer.Refused(unavailable("its bank"));
                }
                long sendBy = System.nanoTime() + works.config().banks().sendWindow().toNanos();
                Commit commit =
                        works.journal()
                                .commit(again.change(), works.config().journal().commitWait());
                yield switch (commit) {
                    case Commit.Accepted accepted -> {
                        interim = accepted(open, 0);
                        phase.set(Phase.PREPARING);
                        yield send(open, sendBy, 0);
                    }
                    case Commit.Refused refused -> new Answer.Refused(Winner.inUse());
                    case Commit.Withdrawn withdrawn ->
                            new Answer.Refused(unavailable("the database is busy"));
                };
            }
        };
    }

    private Answer send(Open open, long sendBy, long firstSeq) {
        BankReply reply;
        if (phase.compareAndSet(Phase.PREPARING, Phase.SENDING)) {
            long start = trace.micros();
            reply =
                    bank.authorize(
                            request(),
                            new BankCall(
                                    open.attempt().reference(),
                                    sendBy,
                                    works.config().banks().deadline()));
            trace.step("bank_" + open.operation().kind().text(), start, reply.name());
        } else {
            reply = new BankReply.Unavailable(true, "nobody waited for it any longer");
        }
        return commit(open, works.settling().settle(open, reply, now()), firstSeq, reply);
    }

    private Answer commit(Open open, Settled settled, long firstSeq, BankReply reply) {
        PaymentChanges.Answering answering =
                works.crypto()
                        .run(
                                () ->
                                        works.changes()
                                                .settled(
                                                        open,
                                                        settled,
                                                        Optional.of(
                                                                trace.json(open.operation().id())),
                                                        firstSeq));
        return switch (works.journal().commit(answering.change())) {
            case Commit.Accepted accepted -> {
                if (settled.status() == 503) {
                    yield new Answer.Refused(unavailable("the bank"));
                }
                long seq = accepted.events().isEmpty() ? firstSeq : accepted.lastSeq();
                yield new Answer.Given(
                        settled.status(), answering.body(), seq, settled.payment().id(), false);
            }
            case Commit.Refused refused -> {
                keepEvidence(open, reply);
                yield winner.settledAnswer(open.payment().id());
            }
            case Commit.Withdrawn withdrawn ->
                    throw new IllegalStateException("a second commit is never withdrawn");
        };
    }

    /**
     * The resolver was quicker. What the bank told us is kept, and an approval is for a person to
     * look at.
     */
    private void keepEvidence(Open open, BankReply reply) {
        var line = reply instanceof BankReply.Approved ? LOG.atError() : LOG.atWarn();
        line.addKeyValue("tenant", tenant.id())
                .addKeyValue("payment", open.payment().id())
                .log("{} came after the payment was settled; kept as evidence", reply.name());
        try {
            Commit ignored =
                    works.journal().commitInBackground(PaymentChanges.evidence(open, reply));
        } catch (RuntimeException e) {
            LOG.atError()
                    .addKeyValue("payment", open.payment().id())
                    .setCause(e)
                    .log("evidence could not be kept");
        }
    }

    private Authorize request() {
        CreatePayment request = prepared.request();
        String base = works.config().banks().callbackUrl();
        Optional<String> callback =
                base.isEmpty()
                        ? Optional.empty()
                        : Optional.of(base + "/callbacks/" + bank.name() + "/" + tenant.id());
        return new Authorize(
                request.amount(),
                request.captureMethod() == CaptureMethod.AUTOMATIC,
                request.card(),
                request.details().returnUrl(),
                callback);
    }

    /** What is true from the first commit on. */
    private static Answer accepted(Open open, long seq) {
        return new Answer.Given(
                202, PaymentJson.bytes(open.payment()), seq, open.payment().id(), false);
    }

    private Answer notStored(Throwable cause) {
        if (cause instanceof JournalFull || cause instanceof StoreException) {
            return new Answer.Refused(unavailable("the database"));
        }
        throw new IllegalStateException("first commit failed", cause);
    }

    private static Problem unavailable(String what) {
        return Problem.busy(
                what.equals("the bank") || what.equals("its bank")
                        ? "bank_unavailable"
                        : "temporarily_unavailable",
                "Not available: "
                        + what
                        + ". This request sent nothing to a bank; try again with the same key.",
                RETRY);
    }

    /**
     * Something failed before it was known whether anything is stored; nothing of this request has
     * left.
     */
    private Problem broken() {
        return phase.get() == Phase.FOLLOWING ? Winner.inUse() : unavailable("an internal part");
    }

    private static Instant now() {
        return Moment.now();
    }
}
