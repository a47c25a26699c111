package io.oqim.payment;

import io.oqim.bank.Authorize;
import io.oqim.bank.Bank;
import io.oqim.bank.BankReply;
import io.oqim.concurrent.FanOut;
import io.oqim.concurrent.Leg;
import io.oqim.risk.Action;
import io.oqim.store.Change;
import io.oqim.store.Commit;
import io.oqim.store.JournalFull;
import io.oqim.store.TypeId;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;

/**
 * Carries one new payment from its first commit to its last, on the thread of its {@link Work}.
 *
 * <p>The order is the point: the claim and the attempt are on disk before the first byte leaves for
 * the bank, and what the bank said is on disk before anybody is told.
 */
final class Driver {
    private final Works works;
    private final KeyedRequest asked;
    private final CreatePayment request;
    private final Wallet.Means means;
    private final Bank bank;
    private final Work work;
    private final Trace trace;
    private final Sending sending;

    /**
     * @param means with which it is paid
     * @param bank at which room is reserved
     */
    Driver(
            Works works,
            KeyedRequest asked,
            CreatePayment request,
            Wallet.Means means,
            Bank bank,
            Work work) {
        this.works = works;
        this.asked = asked;
        this.request = request;
        this.means = means;
        this.bank = bank;
        this.work = work;
        this.trace = new Trace(works.traces(), asked.tenant().id());
        this.sending = new Sending(works, asked, work, trace);
    }

    /** A payment with its ids and hashes, and the change that stores it. */
    private record Prepared(Open open, Change change) {}

    /**
     * Drives it to its end, however long that takes.
     *
     * @param next what the last try has left to do
     * @return nothing when the key is somebody else's; then nothing of this was written or sent
     */
    Optional<Answer> run(Answer.Next next) {
        if (next == Answer.Next.REOPENED) {
            return sending.lost(this::again);
        }
        Prepared first = works.crypto().run(this::prepare);
        return drive(first, Answer.Next.ANEW, () -> sending.lost(this::again));
    }

    /**
     * @param late what the next try has to do, when this one cannot be stored in time
     * @param lost when the key is not to be had
     */
    private Optional<Answer> drive(
            Prepared prepared, Answer.Next late, Supplier<Optional<Answer>> lost) {
        long sendBy = System.nanoTime() + works.config().banks().sendWindow().toNanos();
        long start = trace.micros();
        Open open = prepared.open();
        trace.about(open);
        FanOut fan = FanOut.within(works.config().risk().deadline(), trace);
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
            case Begun.Busy busy -> Optional.of(sending.notStored(late));
            case Begun.Stored stored ->
                    Optional.of(
                            judged(new Sending.Sent(open, sendBy, stored.seq()), stored.verdict()));
        };
    }

    /** What the first commit and the checks beside it came to. */
    private sealed interface Begun {
        /** The key is somebody else's; nothing was written. */
        record Lost() implements Begun {}

        /** The database could not be written in time; nothing was. */
        record Busy() implements Begun {}

        /** It is stored, and the checks have said this. */
        record Stored(Checks.Verdict verdict, long seq) implements Begun {}
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
                work.stored(() -> Sending.interim(prepared.open(), seq));
                yield new Begun.Stored(works.checks().verdict(checks), seq);
            }
            case Commit.Refused lost -> new Begun.Lost();
            case Commit.Withdrawn withdrawn -> new Begun.Busy();
        };
    }

    /** It is refused, or goes to the bank as the rules want it to. */
    private Answer judged(Sending.Sent sent, Checks.Verdict verdict) {
        verdict.rules().ifPresent(rules -> trace.step("rules", trace.micros(), rules.note()));
        boolean challenge = verdict.asks(Action.CHALLENGE);
        Optional<Decline> decline =
                verdict.decline()
                        .or(
                                () ->
                                        challenge && !bank.capabilities().challenges()
                                                ? Optional.of(Decline.noChallenge())
                                                : Optional.empty());
        if (decline.isPresent()) {
            return refusedByRisk(sent, decline.get());
        }
        if (!verdict.asks(Action.REVIEW) || sent.open().payment().held()) {
            return send(sent, challenge);
        }
        Open held = sent.open().held(Moment.now());
        if (!hold(held)) {
            BankReply nothing = new BankReply.NotSent("that it is held could not be stored", true);
            return sending.conclude(
                    sent, nothing, open -> works.settling().settle(open, nothing, Moment.now()));
        }
        work.stored(() -> Sending.interim(held, sent.seq()));
        return send(new Sending.Sent(held, sent.sendBy(), sent.seq()), challenge);
    }

    /** False when it was not to be written in time, or somebody else has changed the payment. */
    private boolean hold(Open held) {
        long start = trace.micros();
        trace.began("hold");
        boolean stored = false;
        try {
            stored =
                    works.journal()
                                    .commit(
                                            ReviewChanges.held(held),
                                            works.config().journal().commitWait())
                            instanceof Commit.Accepted;
        } catch (JournalFull full) {
            // There is no room, so it is not stored.
        }
        trace.step("hold", start, stored ? "accepted" : "refused");
        return stored;
    }

    private Answer send(Sending.Sent sent, boolean challenge) {
        boolean capture = sent.open().operation().kind() == OperationKind.SALE;
        return sending.send(sent, call -> bank.authorize(authorization(capture, challenge), call));
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

    /** The next try of a payment whose call proved unsent, at whatever bank has room now. */
    private Optional<Answer> again(Open last) {
        Open open =
                new Open(
                        last.tenant(),
                        last.payment().triedAgain(bank.name(), Moment.now()),
                        last.operation(),
                        last.attempt().again(bank.name()),
                        last.policy());
        return drive(
                new Prepared(open, works.changes().again(open, last.attempt(), asked.key())),
                Answer.Next.REOPENED,
                () -> {
                    // Another try was quicker.
                    boolean ignored = work.follows();
                    return Optional.empty();
                });
    }

    private Answer refusedByRisk(Sending.Sent sent, Decline decline) {
        return sending.conclude(
                sent,
                new BankReply.NotSent("refused by risk"),
                open -> works.settling().refusedByRisk(open, decline, Moment.now()));
    }

    private Authorize authorization(boolean capture, boolean challenge) {
        String base = works.config().banks().callbackUrl();
        Optional<String> callback =
                base.isEmpty()
                        ? Optional.empty()
                        : Optional.of(
                                base + "/callbacks/" + bank.name() + "/" + asked.tenant().id());
        return new Authorize(
                request.amount(),
                capture,
                challenge,
                means.forBank(),
                request.details().returnUrl(),
                callback);
    }

    /** Ids and hashes; on the crypto pool. */
    private Prepared prepare() {
        UUID id = TypeId.next();
        Instant now = TypeId.time(id);
        Payment payment =
                Payment.begun(
                        id,
                        request,
                        new Payment.Origin(
                                bank.name(),
                                works.wallet().instrument(means),
                                asked.tenant().test()),
                        now);
        Operation operation =
                new Operation(
                        TypeId.next(),
                        payment.id(),
                        request.kind(),
                        OperationStatus.PROCESSING,
                        request.amount(),
                        Operation.Terms.asked(asked.key()),
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
                                works.hashes().reference(asked.tenant().id(), asked.key())),
                        asked.tenant().policy());
        return new Prepared(open, works.changes().first(open, asked, Wallet.saved(means, payment)));
    }
}
