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
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
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

    /** So many questions without an answer in a row, and the bank counts as silent. */
    private static final int SILENT_BANK = 3;

    private final Works works;
    private final ResolverConfig config;
    private final Consumer<String> backAgain;
    private final Map<String, AtomicInteger> silences = new ConcurrentHashMap<>();
    private final Counter settledCount;

    /**
     * @param backAgain told the name of a bank that was silent and answers again
     */
    Recovery(Works works, MeterRegistry registry, Consumer<String> backAgain) {
        this.works = works;
        this.config = works.config().resolver();
        this.backAgain = backAgain;
        this.settledCount =
                Counter.builder("oqim.resolver.settled")
                        .description("open outcomes that were settled")
                        .register(registry);
    }

    /**
     * Asks, and does what follows; false when there is nothing new, and it has to be asked again.
     */
    boolean advance(Bank bank, OperationStore.Due due) {
        Open open = due.open();
        if (System.nanoTime() - due.until() >= 0) {
            // This process was paused: by now it may be another worker's.
            return true;
        }
        if (open.attempt().state() == AttemptState.VOIDING) {
            return bury(bank, open);
        }
        return switch (enquire(bank, open)) {
            case Enquiry.Found found -> found(bank, open, found.reply());
            case Enquiry.NotFound notFound -> notFound(bank, due);
            case Enquiry.NoAnswer none -> false;
            case Enquiry.Silent silent -> false;
        };
    }

    /** A reference that the bank does not know may still be on its way. */
    private boolean notFound(Bank bank, OperationStore.Due due) {
        Open open = due.open();
        if (open.attempt().knownToTheBank()) {
            LOG.atError()
                    .addKeyValue("tenant", open.tenant())
                    .addKeyValue("attempt", open.attempt().reference())
                    .log("the bank does not know what it has shown to know");
            return false;
        }
        if (bank.capabilities().voidByReference()) {
            return due.age().compareTo(config.tombstoneAfter()) >= 0 && decideToVoid(bank, open);
        }
        BanksConfig times = works.config().banks();
        // Its last byte may leave as late as the call may take.
        Duration late =
                times.sendWindow().plus(times.deadline()).plus(bank.capabilities().longestDelay());
        return due.age().compareTo(late) >= 0
                && settled(open, new BankReply.NotProcessed("it does not know it"));
    }

    private boolean found(Bank bank, Open open, BankReply reply) {
        return switch (reply) {
            case BankReply.Approved approved
                    when !approved.effected().equals(open.operation().amount()) -> {
                LOG.atError()
                        .addKeyValue("tenant", open.tenant())
                        .addKeyValue("attempt", open.attempt().reference())
                        .log(
                                "the bank approved {} instead of {}",
                                approved.effected(),
                                open.operation().amount());
                yield bank.capabilities().voidByReference() && decideToVoid(bank, open);
            }
            // As open as before, unless the customer has something to do that he does not know.
            case BankReply.Pending pending
                    when open.attempt().state() == AttemptState.PENDING
                            && (!open.operation().kind().opens()
                                    || pending.redirect().isEmpty()
                                    || pending.redirect()
                                            .equals(open.payment().outcome().redirect())) ->
                    false;
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

    /**
     * First on our own disk, then at the bank: once it is written, nobody who still holds an answer
     * of the bank can settle the attempt, and what the bank undoes is not booked.
     */
    private boolean decideToVoid(Bank bank, Open open) {
        Optional<Open> voiding =
                settle(open, works.settling().voiding(open, Moment.now()), "to be voided");
        return voiding.isPresent() && bury(bank, voiding.get());
    }

    /** Makes sure that it never happens, and undoes it if it did. May be repeated. */
    private boolean bury(Bank bank, Open open) {
        String target = open.attempt().reference();
        return switch (bank.tombstone(target, BankCall.harmless(target + "-void", deadline()))) {
            case Tombstone.Laid laid ->
                    settled(open, new BankReply.Reversed(laid.hadEffect(), laid.ids()));
            case Tombstone.Refused refused -> {
                LOG.atError()
                        .addKeyValue("tenant", open.tenant())
                        .addKeyValue("attempt", target)
                        .log("the bank refuses to void it: {}", refused.code());
                yield standsAfterAll(bank, open);
            }
            case Tombstone.Silent silent -> {
                LOG.atWarn()
                        .addKeyValue("tenant", open.tenant())
                        .addKeyValue("attempt", target)
                        .log("the bank did not void it yet: {}", silent.reason());
                yield false;
            }
        };
    }

    /** It cannot be undone, so what the bank says of it is what became of it. */
    private boolean standsAfterAll(Bank bank, Open open) {
        Enquiry enquiry = enquire(bank, open);
        return enquiry instanceof Enquiry.Found found
                && switch (found.reply()) {
                    case BankReply.Approved approved ->
                            approved.effected().equals(open.operation().amount())
                                    && settled(open, approved);
                    case BankReply.Declined declined -> settled(open, declined);
                    case BankReply.Rejected rejected -> settled(open, rejected);
                    case BankReply.Reversed reversed -> settled(open, reversed);
                    case BankReply.Pending pending -> false;
                    case BankReply.NotSent notSent -> false;
                    case BankReply.NotProcessed notProcessed -> false;
                    case BankReply.Unknown unknown -> false;
                    case BankReply.Duplicate duplicate -> false;
                };
    }

    boolean settled(Open open, BankReply reply) {
        return settle(open, works.settling().settle(open, reply, Moment.now()), reply.name())
                .isPresent();
    }

    /** The operation as it then is, or nothing when somebody else was quicker. */
    Optional<Open> settle(Open open, Settled settled, String said) {
        Optional<SecondCommit.Written> written =
                works.secondCommit().write(open, settled, Optional.empty(), 0);
        var line =
                LOG.atInfo()
                        .addKeyValue("tenant", open.tenant())
                        .addKeyValue("attempt", open.attempt().reference());
        if (written.isEmpty()) {
            line.log("{}: somebody else was quicker", said);
            return Optional.empty();
        }
        if (settled.nextCheck().isEmpty()) {
            settledCount.increment();
        }
        line.log("{}: the payment is {}", said, settled.payment().status().text());
        return Optional.of(
                new Open(open.tenant(), settled.payment(), settled.operation(), settled.attempt()));
    }

    private Enquiry enquire(Bank bank, Open open) {
        Enquiry enquiry =
                bank.enquire(
                        open.operation().kind().atTheBank(),
                        BankCall.harmless(open.attempt().reference(), deadline()));
        AtomicInteger silent = silences.computeIfAbsent(bank.name(), name -> new AtomicInteger());
        if (enquiry instanceof Enquiry.NoAnswer) {
            silent.incrementAndGet();
        } else if (silent.getAndSet(0) >= SILENT_BANK) {
            backAgain.accept(bank.name());
        }
        return enquiry;
    }

    private Duration deadline() {
        return works.config().banks().deadline();
    }
}
