package io.oqim.payment;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.oqim.bank.Bank;
import io.oqim.bank.BankCall;
import io.oqim.bank.BankReply;
import io.oqim.bank.Enquiry;
import io.oqim.bank.Tombstone;
import io.oqim.concurrent.Loop;
import io.oqim.config.BanksConfig;
import io.oqim.config.ResolverConfig;
import io.oqim.store.Commit;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks banks what became of attempts that are unknown, pending, or left behind by a process that
 * died, and settles what they say.
 *
 * <p>"Not found" proves nothing by itself: an attempt that the bank does not know after a while is
 * voided by its reference, after which it can never happen. The decision is written before the bank
 * is told, over the payment's version: whoever else holds an answer is then too late. Two resolvers
 * share what is open by leases. One that was paused beyond its lease asks nothing new, and what it
 * still writes is refused by the payment's version or the fence; a question or a voiding that was
 * under way may be repeated by another, which changes nothing.
 */
final class Resolver implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Resolver.class);

    /** So many questions without an answer in a row, and the bank counts as silent. */
    private static final int SILENT_BANK = 3;

    private static final Duration WAKE_AT_MOST_EVERY = Duration.ofSeconds(10);

    private final Works works;
    private final ResolverConfig config;
    private final List<Desk> desks;

    /** For what waits at a bank that is not configured any more; no index leads there. */
    private final Desk elsewhere;

    private long elsewhereDue = System.nanoTime();
    private final Semaphore hints;
    private final Map<String, AtomicInteger> silences = new ConcurrentHashMap<>();

    /** Banks that were silent and answer again: what waits for them is due. */
    private final Set<String> backAgain = ConcurrentHashMap.newKeySet();

    private long wakeDue = System.nanoTime();
    private final Counter settledCount;
    private final Loop loop = new Loop("resolver", this::turn);

    Resolver(Works works, MeterRegistry registry) {
        this.works = works;
        this.config = works.config().resolver();
        List<String> names = works.banks().names();
        this.desks =
                names.stream()
                        .map(
                                name ->
                                        desk(
                                                limit ->
                                                        works.operations()
                                                                .lease(
                                                                        name,
                                                                        limit,
                                                                        config.lease())))
                        .toList();
        this.elsewhere =
                desk(limit -> works.operations().leaseElsewhere(names, limit, config.lease()));
        this.hints = new Semaphore(config.hints());
        this.settledCount =
                Counter.builder("oqim.resolver.settled")
                        .description("open outcomes that were settled")
                        .register(registry);
    }

    /** The questions to one bank, with places of their own: a bank that is down takes no others. */
    private record Desk(Semaphore places, IntFunction<List<OperationStore.Due>> due) {}

    private Desk desk(IntFunction<List<OperationStore.Due>> due) {
        return new Desk(new Semaphore(config.concurrency()), due);
    }

    void start() {
        loop.start();
    }

    /**
     * A bank's hint that there is news of a reference. Anybody can send one, so hints have few
     * places of their own, and are dropped when those are taken: the resolver asks in time anyway.
     */
    void ask(long tenant, String bank, String reference) {
        if (!hints.tryAcquire()) {
            return;
        }
        Thread.ofVirtual()
                .name("resolver-hint")
                .start(
                        () -> {
                            try {
                                works.operations()
                                        .open(tenant, bank, reference)
                                        .filter(open -> waitsForNews(open.attempt().state()))
                                        .flatMap(
                                                open ->
                                                        works.operations()
                                                                .lease(
                                                                        tenant,
                                                                        bank,
                                                                        reference,
                                                                        config.lease()))
                                        .ifPresent(this::followHint);
                            } catch (RuntimeException e) {
                                LOG.warn("a bank's hint could not be followed: {}", e.toString());
                            } finally {
                                hints.release();
                            }
                        });
    }

    /** A SENT attempt still has its driver, and one that was not sent has no news to come. */
    private static boolean waitsForNews(AttemptState state) {
        return state == AttemptState.UNKNOWN || state == AttemptState.PENDING;
    }

    /** Asks now; when there is no news, the next question stays where it is in the schedule. */
    private void followHint(OperationStore.Due due) {
        Optional<Bank> bank = works.banks().named(due.open().attempt().bank());
        boolean news = false;
        try {
            news = bank.isPresent() && advance(bank.get(), due);
        } finally {
            if (!news) {
                works.operations().release(due.open());
            }
        }
    }

    private Duration turn() {
        wake();
        desks.forEach(this::serveOrWarn);
        if (System.nanoTime() - elsewhereDue >= 0) {
            elsewhereDue = System.nanoTime() + config.unconfiguredEvery().toNanos();
            serveOrWarn(elsewhere);
        }
        return config.poll();
    }

    /** Not more often than it takes a bank to show that it stays. */
    private void wake() {
        if (backAgain.isEmpty() || System.nanoTime() - wakeDue < 0) {
            return;
        }
        wakeDue = System.nanoTime() + WAKE_AT_MOST_EVERY.toNanos();
        for (String bank : Set.copyOf(backAgain)) {
            try {
                int woken = works.operations().wake(bank);
                boolean ignored = backAgain.remove(bank);
                LOG.info("bank {} answers again; {} open outcomes are due", bank, woken);
            } catch (RuntimeException e) {
                LOG.warn("what waits for bank {} could not be woken: {}", bank, e.toString());
            }
        }
    }

    private void serveOrWarn(Desk desk) {
        try {
            serve(desk);
        } catch (RuntimeException e) {
            LOG.warn("due outcomes could not be looked up: {}", e.toString());
        }
    }

    /** Takes as much as there is room for; the rest stays due, here or at another worker. */
    private void serve(Desk desk) {
        int room = Math.min(desk.places().availablePermits(), config.batch());
        if (room == 0 || loop.closing()) {
            return;
        }
        for (OperationStore.Due due : desk.due().apply(room)) {
            // Only this loop takes places, so there is one.
            desk.places().acquireUninterruptibly();
            Thread.ofVirtual()
                    .name("resolver-" + due.open().attempt().reference())
                    .start(
                            () -> {
                                try {
                                    guardedResolve(due);
                                } finally {
                                    desk.places().release();
                                }
                            });
        }
    }

    private void guardedResolve(OperationStore.Due due) {
        try {
            resolve(due);
        } catch (RuntimeException e) {
            LOG.atWarn()
                    .addKeyValue("tenant", due.open().tenant())
                    .addKeyValue("attempt", due.open().attempt().reference())
                    .setCause(e)
                    .log("an open outcome could not be resolved this time");
            // Moved to the back of the line, so that it cannot keep others from being asked about.
            later(due);
        }
    }

    private void resolve(OperationStore.Due due) {
        Open open = due.open();
        switch (open.attempt().state()) {
            case NOT_SENT -> {
                Optional<Open> settled =
                        settle(open, works.settling().givenUp(open, Moment.now()), "given up");
                if (settled.isEmpty()) {
                    later(due);
                }
            }
            case SENT, UNKNOWN, PENDING, VOIDING -> {
                Optional<Bank> bank = works.banks().named(open.attempt().bank());
                if (bank.isEmpty()) {
                    LOG.atError()
                            .addKeyValue("attempt", open.attempt().reference())
                            .log(
                                    "bank {} of an open attempt is not configured",
                                    open.attempt().bank());
                }
                if (bank.isEmpty() || !advance(bank.get(), due)) {
                    unanswered(due);
                }
            }
            case APPROVED, DECLINED, REJECTED, REVERSED -> later(due);
        }
    }

    /**
     * Still open. An attempt whose sender is gone is in doubt from now on, in public; the rest is
     * asked about again.
     */
    private void unanswered(OperationStore.Due due) {
        Open open = due.open();
        boolean left = open.attempt().state() == AttemptState.SENT;
        // Another operation's doubt was shown while this one's began.
        boolean hidden =
                open.operation().status() == OperationStatus.IN_DOUBT
                        && open.payment().outcome().inDoubt().isEmpty();
        String why = left ? "its sender is gone" : open.attempt().bankCode();
        boolean told;
        if (hidden && open.attempt().state() == AttemptState.VOIDING) {
            told = settle(open, works.settling().voiding(open, Moment.now()), why).isPresent();
        } else if (left || hidden) {
            told = settled(open, new BankReply.Unknown(why));
        } else {
            told = false;
        }
        if (!told) {
            later(due);
        }
    }

    /**
     * Asks, and does what follows; false when there is nothing new, and it has to be asked again.
     */
    private boolean advance(Bank bank, OperationStore.Due due) {
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

    private boolean settled(Open open, BankReply reply) {
        return settle(open, works.settling().settle(open, reply, Moment.now()), reply.name())
                .isPresent();
    }

    /** The operation as it then is, or nothing when somebody else was quicker. */
    private Optional<Open> settle(Open open, Settled settled, String said) {
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
            boolean ignored = backAgain.add(bank.name());
        }
        return enquiry;
    }

    private Duration deadline() {
        return works.config().banks().deadline();
    }

    /**
     * Asks again later, with jitter around the schedule's pause, so that banks see no herd; and not
     * later than the moment from which an unknown reference is voided.
     */
    private void later(OperationStore.Due due) {
        Open open = due.open();
        long pause = works.settling().pause(open.attempt().checks() + 1).toMillis();
        long millis = pause / 2 + ThreadLocalRandom.current().nextLong(pause + 1);
        long untilOld = config.tombstoneAfter().minus(due.age()).toMillis();
        long next = untilOld > 0 ? Math.min(millis, untilOld + 100) : millis;
        Commit ignored =
                works.journal()
                        .commitInBackground(PaymentChanges.checked(open, Duration.ofMillis(next)));
    }

    @Override
    public void close() {
        loop.close();
        long end = System.nanoTime() + config.stopWait().toNanos();
        try {
            for (Desk desk : desks) {
                if (!desk.places()
                        .tryAcquire(
                                config.concurrency(),
                                end - System.nanoTime(),
                                TimeUnit.NANOSECONDS)) {
                    LOG.info("the resolver leaves questions open; they are asked again");
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
