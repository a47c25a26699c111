package io.oqim.payment;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.oqim.bank.Bank;
import io.oqim.bank.BankCall;
import io.oqim.bank.BankReply;
import io.oqim.bank.Enquiry;
import io.oqim.bank.Tombstone;
import io.oqim.config.BanksConfig;
import io.oqim.config.ResolverConfig;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks a bank what became of one attempt, and settles what it says.
 *
 * <p>"Not found" proves nothing by itself: an attempt that the bank does not know after a while is
 * voided by its reference, after which it can never happen. The decision is written before the bank
 * is told, over the payment's version: whoever else holds an answer is then too late. Each step may
 * be repeated.
 */
final class Recovery {
    private static final Logger LOG = LoggerFactory.getLogger(Recovery.class);

    private final Works works;
    private final ResolverConfig config;
    private final Silences silences = new Silences();
    private final Counter settledCount;

    Recovery(Works works, MeterRegistry registry) {
        this.works = works;
        this.config = works.config().resolver();
        this.settledCount =
                Counter.builder("oqim.resolver.settled")
                        .description("open outcomes that were settled")
                        .register(registry);
    }

    /** Which banks did not answer. */
    Silences silences() {
        return silences;
    }

    /** An operation as it now is, and the number of the last event that came with it. */
    record Stands(Open open, long seq) {}

    /**
     * Asks now, unless somebody else does; when there is no news, the next question stays where it
     * is in the schedule.
     *
     * @return false when somebody else is asking
     */
    boolean askNow(Open open) {
        Optional<DueStore.Due> due =
                works.due()
                        .lease(
                                open.tenant(),
                                open.attempt().bank(),
                                open.attempt().reference(),
                                config.lease());
        due.ifPresent(this::askAhead);
        return due.isPresent();
    }

    /** Asks ahead of its time. */
    void askAhead(DueStore.Due due) {
        Optional<Bank> bank = works.banks().named(due.open().attempt().bank());
        boolean news = false;
        try {
            // It may have ended between the look and the lease.
            news =
                    bank.isPresent()
                            && asked(due.open().attempt().state())
                            && advance(bank.get(), due);
        } finally {
            if (!news) {
                works.due().release(due.open());
            }
        }
    }

    private static boolean asked(AttemptState state) {
        return switch (state) {
            case UNKNOWN, PENDING, VOIDING -> true;
            case PLANNED, SENT, NOT_SENT, APPROVED, APPROVED_LATE, DECLINED, REJECTED, REVERSED ->
                    false;
        };
    }

    /**
     * Asks, and does what follows; false when there is nothing new, and it has to be asked again.
     */
    boolean advance(Bank bank, DueStore.Due due) {
        Open open = due.open();
        if (System.nanoTime() - due.until() >= 0) {
            // This process was paused: by now it may be another worker's.
            return true;
        }
        if (open.attempt().state() == AttemptState.VOIDING) {
            return bury(bank, open).isPresent() || overdue(due);
        }
        boolean news =
                switch (enquire(bank, open)) {
                    case Enquiry.Found found -> found(bank, due, found.reply());
                    case Enquiry.NotFound notFound -> notFound(bank, due);
                    case Enquiry.NoAnswer none -> false;
                    case Enquiry.Silent silent -> false;
                };
        return news || late(bank, due);
    }

    /** It was in doubt for as long as it may be: what can be undone is undone. */
    private boolean late(Bank bank, DueStore.Due due) {
        if (!due.overdue()) {
            return false;
        }
        return bank.capabilities().voidByReference()
                ? decideToVoid(bank, due.open(), WhyVoided.OVERDUE)
                : overdue(due);
    }

    private boolean overdue(DueStore.Due due) {
        return due.overdue() && stuck(due.open(), "overdue");
    }

    /** A person has to look at it; asking goes on. */
    private boolean stuck(Open open, String why) {
        boolean ignored = works.due().unsettled(open, why);
        return false;
    }

    /** A reference that the bank does not know may still be on its way. */
    private boolean notFound(Bank bank, DueStore.Due due) {
        Open open = due.open();
        if (open.attempt().knownToTheBank()) {
            LOG.atError()
                    .addKeyValue("tenant", open.tenant())
                    .addKeyValue("attempt", open.attempt().reference())
                    .log("the bank does not know what it has shown to know");
            return stuck(open, "not_found");
        }
        if (bank.capabilities().voidByReference()) {
            return due.age().compareTo(config.tombstoneAfter()) >= 0
                    && decideToVoid(bank, open, WhyVoided.NOT_FOUND);
        }
        BanksConfig times = works.config().banks();
        // Its last byte may leave as late as the call may take.
        Duration late =
                times.sendWindow().plus(times.deadline()).plus(bank.capabilities().longestDelay());
        return due.age().compareTo(late) >= 0
                && settled(open, new BankReply.NotProcessed("it does not know it"));
    }

    private boolean found(Bank bank, DueStore.Due due, BankReply reply) {
        Open open = due.open();
        return switch (reply) {
            case BankReply.Approved approved
                    when !approved.effected().equals(open.operation().amount()) ->
                    otherAmount(bank, open, approved);
            case BankReply.Approved approved
                    when Deadlines.unwantedLater(open)
                            && open.attempt().state() != AttemptState.PENDING
                            && bank.capabilities().voidByReference() ->
                    decideToVoid(bank, open, WhyVoided.DEADLINE);
            case BankReply.Pending pending when challengeIsOver(due) ->
                    bank.capabilities().voidByReference()
                            ? decideToVoid(bank, open, WhyVoided.CHALLENGE_EXPIRED)
                            : stuck(open, "pending");
            // As open as before, unless the customer has something to do that he does not know.
            case BankReply.Pending pending
                    when open.attempt().state() == AttemptState.PENDING
                            && (!open.operation().kind().opens()
                                    || pending.redirect().isEmpty()
                                    || pending.redirect()
                                            .equals(open.payment().outcome().redirect())) ->
                    due.age().compareTo(config.pendingLimit()) >= 0 && stuck(open, "pending");
            case BankReply.Pending pending -> settled(open, reply);
            case BankReply.Approved approved -> settled(open, reply);
            case BankReply.Declined declined -> settled(open, reply);
            case BankReply.Rejected rejected -> settled(open, reply);
            case BankReply.NotSent notSent -> false;
            case BankReply.NotProcessed notProcessed -> false;
            case BankReply.Unknown unknown -> false;
            case BankReply.Duplicate duplicate -> false;
            case BankReply.Reversed reversed -> settled(open, reply);
        };
    }

    /** Never accepted: it is undone by its reference, or given back. */
    private boolean otherAmount(Bank bank, Open open, BankReply.Approved approved) {
        LOG.atError()
                .addKeyValue("tenant", open.tenant())
                .addKeyValue("attempt", open.attempt().reference())
                .log(
                        "the bank approved {} instead of {}",
                        approved.effected(),
                        open.operation().amount());
        if (canBeGivenBack(open, approved)) {
            return givenBack(open, approved).isPresent();
        }
        return (open.operation().kind().opens() && bank.capabilities().voidByReference())
                ? decideToVoid(bank, open, WhyVoided.OTHER_AMOUNT)
                : stuck(open, "other_amount");
    }

    private static boolean canBeGivenBack(Open open, BankReply.Approved approved) {
        return open.operation().kind() == OperationKind.CAPTURE
                && approved.effected().currency().equals(open.operation().amount().currency());
    }

    private Optional<Stands> givenBack(Open open, BankReply.Approved approved) {
        return settle(
                open,
                now -> works.settling().late().capturedOther(now, approved, Moment.now()),
                "another amount");
    }

    /**
     * First on our own disk, then at the bank: once it is written, nobody who still holds an answer
     * of the bank can settle the attempt, and what the bank undoes is not booked.
     */
    private boolean decideToVoid(Bank bank, Open open, WhyVoided why) {
        return settle(open, now -> works.settling().voiding(now, why, Moment.now()), "to be voided")
                .map(voiding -> told(bank, voiding))
                .isPresent();
    }

    /** Tells the bank; while it does not answer, it is in doubt in public. */
    Stands told(Bank bank, Stands voiding) {
        Open open = voiding.open();
        return bury(bank, open)
                .or(
                        () ->
                                settle(
                                        open,
                                        now -> works.settling().stillVoiding(now, Moment.now()),
                                        "not undone yet"))
                // Somebody else was quicker.
                .orElseGet(() -> asItStands(voiding));
    }

    private Stands asItStands(Stands known) {
        return works.operations()
                .latest(known.open().tenant(), known.open().operation().id())
                .map(open -> new Stands(open, known.seq()))
                .orElse(known);
    }

    private boolean challengeIsOver(DueStore.Due due) {
        return due.open().payment().status() == PaymentStatus.REQUIRES_ACTION
                && due.open().operation().kind().opens()
                && due.age().compareTo(config.challengeLimit()) >= 0;
    }

    /** Makes sure that it never happens, and undoes it if it did. May be repeated. */
    private Optional<Stands> bury(Bank bank, Open open) {
        String target = open.attempt().reference();
        Tombstone tombstone =
                bank.tombstone(target, BankCall.harmless(target + "-void", deadline()));
        silences.heard(bank.name(), !(tombstone instanceof Tombstone.Silent));
        return switch (tombstone) {
            case Tombstone.Laid laid ->
                    outcome(open, new BankReply.Reversed(laid.hadEffect(), laid.ids()));
            case Tombstone.Refused refused -> {
                LOG.atError()
                        .addKeyValue("tenant", open.tenant())
                        .addKeyValue("attempt", target)
                        .log("the bank refuses to void it: {}", refused.code());
                Optional<Stands> stands = standsAfterAll(bank, open);
                if (stands.isEmpty()) {
                    boolean ignored = stuck(open, "bank_refuses");
                }
                yield stands;
            }
            case Tombstone.Silent silent -> {
                LOG.atWarn()
                        .addKeyValue("tenant", open.tenant())
                        .addKeyValue("attempt", target)
                        .log("the bank did not void it yet: {}", silent.reason());
                yield Optional.empty();
            }
        };
    }

    /** It cannot be undone, so what the bank says of it is what became of it. */
    private Optional<Stands> standsAfterAll(Bank bank, Open open) {
        if (!(enquire(bank, open) instanceof Enquiry.Found found)) {
            return Optional.empty();
        }
        return switch (found.reply()) {
            case BankReply.Approved approved
                    when approved.effected().equals(open.operation().amount()) ->
                    outcome(open, approved);
            case BankReply.Approved approved ->
                    canBeGivenBack(open, approved) ? givenBack(open, approved) : Optional.empty();
            case BankReply.Declined declined -> outcome(open, declined);
            case BankReply.Rejected rejected -> outcome(open, rejected);
            case BankReply.Reversed reversed -> outcome(open, reversed);
            case BankReply.Pending pending -> Optional.empty();
            case BankReply.NotSent notSent -> Optional.empty();
            case BankReply.NotProcessed notProcessed -> Optional.empty();
            case BankReply.Unknown unknown -> Optional.empty();
            case BankReply.Duplicate duplicate -> Optional.empty();
        };
    }

    boolean settled(Open open, BankReply reply) {
        return outcome(open, reply).isPresent();
    }

    private Optional<Stands> outcome(Open open, BankReply reply) {
        Optional<Stands> stands =
                settle(
                        open,
                        now -> works.settling().settle(now, reply, Moment.now()),
                        reply.name());
        if (stands.isEmpty() && movesMoney(reply)) {
            works.evidence().keep(open, reply);
        }
        return stands;
    }

    private static boolean movesMoney(BankReply reply) {
        return reply instanceof BankReply.Approved
                || (reply instanceof BankReply.Reversed reversed && reversed.hadEffect());
    }

    /**
     * The operation as it then is, or nothing when somebody else was quicker.
     *
     * @param settling what becomes of the operation over the payment as it stands
     */
    Optional<Stands> settle(Open open, Function<Open, Settled> settling, String said) {
        Supplier<Optional<Stands>> writing = () -> write(open, settling, said);
        // Its lease is not for waiting, and turns only save work.
        return works.turns()
                .take(open.payment().id(), works.config().journal().commitWait(), writing)
                .orElseGet(writing);
    }

    /** While only the payment has changed, by its other operations, it is written over that. */
    private Optional<Stands> write(Open open, Function<Open, Settled> settling, String said) {
        var line =
                LOG.atInfo()
                        .addKeyValue("tenant", open.tenant())
                        .addKeyValue("attempt", open.attempt().reference());
        Optional<Open> as = Optional.of(open);
        while (as.isPresent()) {
            Open now = as.get();
            Settled settled = settling.apply(now);
            Optional<SecondCommit.Written> written =
                    works.secondCommit().write(now, settled, Optional.empty(), 0);
            if (written.isPresent()) {
                if (settled.nextCheck().isEmpty()) {
                    settledCount.increment();
                }
                line.log("{}: the payment is {}", said, settled.payment().status().text());
                return Optional.of(new Stands(now.then(settled), written.get().lastSeq()));
            }
            as = works.undecided().unmoved(now);
        }
        line.log("{}: somebody else was quicker", said);
        return Optional.empty();
    }

    /** Asks, and notices when a bank that was silent answers again. */
    Enquiry enquire(Bank bank, Open open) {
        Enquiry enquiry =
                bank.enquire(
                        open.operation().kind().atTheBank(),
                        BankCall.harmless(open.attempt().reference(), deadline()));
        silences.heard(bank.name(), !(enquiry instanceof Enquiry.NoAnswer));
        return enquiry;
    }

    private Duration deadline() {
        return works.config().banks().deadline();
    }
}
