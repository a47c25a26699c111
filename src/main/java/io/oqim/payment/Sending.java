package io.oqim.payment;

import io.oqim.bank.Bank;
import io.oqim.bank.BankCall;
import io.oqim.bank.BankReply;
import io.oqim.bank.Modify;
import io.oqim.concurrent.Leg;
import io.oqim.http.Problem;
import java.util.Optional;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * From an attempt that is on disk as SENT to the answer: the call to the bank, if it may still
 * leave, and the second commit.
 */
final class Sending {
    private static final Logger LOG = LoggerFactory.getLogger(Sending.class);

    private final Works works;
    private final KeyedRequest asked;
    private final Work work;
    private final Trace trace;

    Sending(Works works, KeyedRequest asked, Work work, Trace trace) {
        this.works = works;
        this.asked = asked;
        this.work = work;
        this.trace = trace;
    }

    /**
     * An attempt that is on disk.
     *
     * @param sendBy on the monotonic clock: no byte leaves after it
     * @param seq of the event that came with it; 0 when none did
     */
    record Sent(Open open, long sendBy, long seq) {}

    /**
     * The claim was there already: somebody works on it, or this is the next try of what proved
     * unsent.
     *
     * @param again makes the next try
     * @return nothing when somebody else is to be waited for
     */
    Optional<Answer> lost(Function<Open, Optional<Answer>> again) {
        if (!work.follows()) {
            return Optional.of(new Answer.Refused(Refusals.inUse()));
        }
        if (!(works.claims().look(asked) instanceof Claims.Standing.Reopened reopened)) {
            return Optional.empty();
        }
        if (reopened.last().attempt().number() == Attempt.MOST) {
            // It is left to the resolver, which lets it fail.
            return Optional.of(new Answer.Refused(Refusals.bankUnavailable()));
        }
        if (!work.prepares()) {
            return Optional.of(new Answer.Refused(Refusals.deadline()));
        }
        return again.apply(reopened.last());
    }

    /**
     * The first commit was withdrawn: it could not be written in time.
     *
     * @param next what the next try has to do
     */
    Answer.Refused notStored(Answer.Next next) {
        return late(Refusals.unavailable("the database is busy"), next);
    }

    /**
     * A process that waited for cores, or is new and slow itself, does better a moment later. When
     * it is late because there is too much to do, whoever is told to wait gives others room.
     */
    private Answer.Refused late(Problem problem, Answer.Next next) {
        boolean tooMuch =
                works.behind().applyAsLong(asked.tenant().id())
                        > works.config().server().maxDelay().toNanos();
        return new Answer.Refused(problem, tooMuch ? Answer.Next.NONE : next);
    }

    /** What a bank is asked for by an operation on a payment that it has named. */
    static BankReply call(Bank bank, Operation operation, String bankReference, BankCall call) {
        Modify modify = new Modify(bankReference, operation.amount());
        return switch (operation.kind()) {
            case CAPTURE -> bank.capture(modify, call);
            case VOID -> bank.voidRemainder(modify, call);
            case REFUND -> bank.refund(modify, call);
            case ADJUST -> bank.adjust(modify, call);
            case AUTHORIZE, SALE -> throw new IllegalArgumentException(operation.kind().text());
        };
    }

    /** Calls the bank, and writes what it says. */
    Answer send(Sent sent, Function<BankCall, BankReply> bank) {
        Open open = sent.open();
        if (!work.maySend()) {
            BankReply nothing = new BankReply.NotSent("nobody waited for it any longer");
            Answer ignored = conclude(sent, nothing, now -> settle(now, nothing));
            return new Answer.Refused(Refusals.deadline());
        }
        String step = "bank_" + open.operation().kind().text();
        long start = trace.micros();
        trace.began(step);
        BankReply reply =
                bank.apply(
                        new BankCall(
                                open.attempt().reference(),
                                sent.sendBy(),
                                works.config().banks().deadline()));
        trace.step(step, start, reply.name());
        if (reply instanceof BankReply.NotSent && !work.unsent()) {
            // Somebody was told that it goes on, so nobody may have to come back for it.
            return conclude(sent, reply, now -> works.settling().givenUp(now, Moment.now()));
        }
        return conclude(sent, reply, now -> settle(now, reply));
    }

    private Settled settle(Open open, BankReply reply) {
        if (reply instanceof BankReply.Approved && work.told() && Deadlines.unwantedLater(open)) {
            return works.settling().voiding(open, WhyVoided.DEADLINE, Moment.now());
        }
        return works.settling().settle(open, reply, Moment.now());
    }

    /**
     * The second commit. A payment that exists is changed by others too, so its operations take
     * turns and begin with how it stands.
     *
     * @param settling what the reply makes of the operation as it stands
     */
    Answer conclude(Sent sent, BankReply reply, Function<Open, Settled> settling) {
        if (sent.open().operation().kind().opens()) {
            return write(sent.open(), sent.seq(), reply, settling);
        }
        return works.turns()
                .take(
                        sent.open().payment().id(),
                        () ->
                                write(
                                        works.undecided().now(sent.open()),
                                        sent.seq(),
                                        reply,
                                        settling));
    }

    private Answer write(
            Open first, long firstSeq, BankReply reply, Function<Open, Settled> settling) {
        Open open = first;
        long seq = firstSeq;
        // Whoever moved it on from SENT may have stored what the key answers.
        boolean overtaken = first.attempt().state() != AttemptState.SENT;
        while (true) {
            Settled settled = settling.apply(open);
            byte[] legs = trace.json(open.operation().id());
            trace.began("commit_2");
            long start = trace.micros();
            Optional<SecondCommit.Written> written =
                    works.secondCommit().write(open, settled, Optional.of(legs), seq);
            // Told to those who watch; what is stored was written by it.
            trace.ended(
                    new Leg.Timing(
                            "commit_2",
                            start,
                            trace.micros(),
                            "done",
                            written.isPresent() ? "accepted" : "refused"));
            if (written.isPresent()) {
                Answer answer = answer(open, reply, settled, written.get());
                return overtaken ? standing(open).orElse(answer) : answer;
            }
            Optional<Open> now = works.undecided().atLast(open);
            if (now.isEmpty()) {
                return tooLate(open, reply);
            }
            open = now.get();
            seq = 0;
            overtaken = open.attempt().state() != AttemptState.SENT;
        }
    }

    private Answer answer(
            Open open, BankReply reply, Settled settled, SecondCommit.Written written) {
        return switch (settled.forKey()) {
            case Settled.ForKey.Answered answered ->
                    new Answer.Given(
                            answered.status(),
                            written.body(),
                            written.lastSeq(),
                            open.payment().id(),
                            AnswerBody.location(open),
                            false);
            case Settled.ForKey.Reopened reopened -> {
                // For nothing that is wrong with the bank?
                boolean late = reply instanceof BankReply.NotSent notSent && notSent.tooLate();
                yield late
                        ? late(Refusals.bankUnavailable(), Answer.Next.REOPENED)
                        : new Answer.Refused(Refusals.bankUnavailable());
            }
        };
    }

    /** Somebody else has decided it. What the bank told us is kept. */
    private Answer tooLate(Open open, BankReply reply) {
        works.evidence().keep(open, reply);
        return standing(open)
                .orElseGet(
                        () -> {
                            LOG.atError()
                                    .addKeyValue("tenant", open.tenant())
                                    .addKeyValue("attempt", open.attempt().reference())
                                    .log(
                                            "the database has lost what it had acknowledged; the"
                                                    + " bank said: {}",
                                            reply.name());
                            return new Answer.Refused(Refusals.inUse());
                        });
    }

    private Optional<Answer> standing(Open open) {
        return works.claims().answer(open.tenant(), asked.key()).map(given -> given);
    }

    /** What is true from the first commit on. */
    static Answer.Given interim(Open open, long seq) {
        return new Answer.Given(
                202,
                AnswerBody.of(open),
                seq,
                open.payment().id(),
                AnswerBody.location(open),
                false);
    }
}
