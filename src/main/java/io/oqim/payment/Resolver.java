package io.oqim.payment;

import io.oqim.bank.Bank;
import io.oqim.bank.BankReply;
import io.oqim.concurrent.Loop;
import io.oqim.config.ResolverConfig;
import io.oqim.store.Commit;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sees to it that attempts that are unknown, pending, or left behind by a process that died are
 * asked about: which, when, and by whom. What a question and its answer come to is {@link
 * Recovery}'s.
 *
 * <p>Two resolvers share what is open by leases. One that was paused beyond its lease asks nothing
 * new, and what it still writes is refused by the payment's version or the fence; a question or a
 * voiding that was under way may be repeated by another, which changes nothing.
 */
final class Resolver implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Resolver.class);

    private static final Duration WAKE_AT_MOST_EVERY = Duration.ofSeconds(10);

    private final Works works;
    private final ResolverConfig config;
    private final List<Desk> desks;

    /** For what waits at a bank that is not configured any more; no index leads there. */
    private final Desk elsewhere;

    private long elsewhereDue = System.nanoTime();
    private final Semaphore hints;

    /** Banks that were silent and answer again: what waits for them is due. */
    private final Set<String> backAgain;

    private long wakeDue = System.nanoTime();
    private long probeDue = System.nanoTime();

    /** Banks that are being probed: one question at a time. */
    private final Set<String> probing = ConcurrentHashMap.newKeySet();

    private final Recovery recovery;
    private final OwnOperations own;
    private final Contradiction contradiction;
    private final Loop loop = new Loop("resolver", this::turn);

    /**
     * @param recovery the room's
     */
    Resolver(Works works, Recovery recovery) {
        this.works = works;
        this.config = works.config().resolver();
        List<String> names = works.banks().names();
        // What is to be sent has places beside what is to be asked, so that neither waits for the
        // other.
        this.desks =
                names.stream()
                        .flatMap(
                                name ->
                                        Stream.of(
                                                desk(
                                                        limit ->
                                                                works.due()
                                                                        .lease(
                                                                                name,
                                                                                limit,
                                                                                config.lease())),
                                                desk(
                                                        limit ->
                                                                works.due()
                                                                        .leasePlanned(
                                                                                name,
                                                                                limit,
                                                                                config.lease()))))
                        .toList();
        this.elsewhere = desk(limit -> works.due().leaseElsewhere(names, limit, config.lease()));
        this.hints = new Semaphore(config.hints());
        this.recovery = recovery;
        this.backAgain = recovery.silences().backAgain();
        this.own = new OwnOperations(works);
        this.contradiction = new Contradiction(works, recovery);
    }

    /** The questions to one bank, with places of their own: a bank that is down takes no others. */
    private record Desk(Semaphore places, IntFunction<List<DueStore.Due>> due) {}

    private Desk desk(IntFunction<List<DueStore.Due>> due) {
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
                                        .named(tenant, bank, reference)
                                        .ifPresent(this::follow);
                            } catch (RuntimeException e) {
                                LOG.warn("a bank's hint could not be followed: {}", e.toString());
                            } finally {
                                hints.release();
                            }
                        });
    }

    /** A SENT attempt still has its driver, and one that was not sent has no news to come. */
    private void follow(Open open) {
        switch (open.attempt().state()) {
            case UNKNOWN, PENDING -> {
                // Whoever else is asking hears the same.
                boolean ignored = recovery.askNow(open);
            }
            case DECLINED, REJECTED, REVERSED -> works.due().lookAgain(open);
            case PLANNED, SENT, NOT_SENT, VOIDING, APPROVED, APPROVED_LATE -> {}
        }
    }

    private Duration turn() {
        wake();
        probe();
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
                int woken = works.due().wake(bank);
                boolean ignored = backAgain.remove(bank);
                LOG.info("bank {} answers again; {} open outcomes are due", bank, woken);
            } catch (RuntimeException e) {
                LOG.warn("what waits for bank {} could not be woken: {}", bank, e.toString());
            }
        }
    }

    /**
     * A bank that did not answer is asked about one outcome after the other, however far away their
     * next questions are: with its first answer all that waits for it is due.
     */
    private void probe() {
        if (System.nanoTime() - probeDue < 0 || loop.closing()) {
            return;
        }
        probeDue = System.nanoTime() + config.probe().toNanos();
        for (String bank : works.banks().names()) {
            if (recovery.silences().silent(bank) && probing.add(bank)) {
                Thread.ofVirtual()
                        .name("resolver-probe-" + bank)
                        .start(
                                () -> {
                                    try {
                                        works.due()
                                                .leaseNext(bank, config.lease())
                                                .ifPresent(recovery::askAhead);
                                    } catch (RuntimeException e) {
                                        LOG.warn(
                                                "bank {} could not be probed: {}",
                                                bank,
                                                e.toString());
                                    } finally {
                                        boolean ignored = probing.remove(bank);
                                    }
                                });
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
        for (DueStore.Due due : desk.due().apply(room)) {
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

    private void guardedResolve(DueStore.Due due) {
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

    private void resolve(DueStore.Due due) {
        Open open = due.open();
        switch (open.attempt().state()) {
            case NOT_SENT -> {
                Optional<Recovery.Stands> settled =
                        recovery.settle(
                                open,
                                now -> works.settling().givenUp(now, Moment.now()),
                                "given up");
                if (settled.isEmpty()) {
                    later(due);
                }
            }
            case PLANNED -> {
                Optional<Bank> bank = bank(open);
                if (bank.isEmpty() || !own.carry(bank.get(), open)) {
                    later(due);
                }
            }
            case SENT, UNKNOWN, PENDING, VOIDING -> {
                Optional<Bank> bank = bank(open);
                if (bank.isEmpty() || !recovery.advance(bank.get(), due)) {
                    unanswered(due);
                }
            }
            case DECLINED, REJECTED, REVERSED -> {
                Optional<Bank> bank = bank(open);
                if (bank.isEmpty() || !contradiction.look(bank.get(), due)) {
                    later(due);
                }
            }
            case APPROVED, APPROVED_LATE -> later(due);
        }
    }

    private Optional<Bank> bank(Open open) {
        Optional<Bank> bank = works.banks().named(open.attempt().bank());
        if (bank.isEmpty()) {
            LOG.atError()
                    .addKeyValue("attempt", open.attempt().reference())
                    .log("bank {} of an open attempt is not configured", open.attempt().bank());
            boolean ignored = works.due().unsettled(open, "bank_not_configured");
        }
        return bank;
    }

    /**
     * Still open. An attempt whose sender is gone is in doubt from now on, in public; the rest is
     * asked about again.
     */
    private void unanswered(DueStore.Due due) {
        Open open = due.open();
        boolean left = open.attempt().state() == AttemptState.SENT;
        // Another operation's doubt was shown while this one's began.
        boolean hidden =
                open.operation().status() == OperationStatus.IN_DOUBT
                        && open.payment().outcome().inDoubt().isEmpty();
        String why = left ? "its sender is gone" : open.attempt().bankCode();
        boolean voiding = open.attempt().state() == AttemptState.VOIDING;
        boolean untold = open.operation().status() != OperationStatus.IN_DOUBT;
        boolean told;
        if (voiding && (untold || hidden)) {
            told =
                    recovery.settle(
                                    open,
                                    now -> works.settling().stillVoiding(now, Moment.now()),
                                    why)
                            .isPresent();
        } else if (left || hidden) {
            told = recovery.settled(open, new BankReply.Unknown(why));
        } else {
            told = false;
        }
        if (!told) {
            later(due);
        }
    }

    /**
     * Asks again later, anywhere within twice the schedule's pause, so that banks see no herd; and
     * not later than the moment from which an unknown reference is voided, or a promise is over.
     */
    private void later(DueStore.Due due) {
        Open open = due.open();
        long pause = works.settling().pause(open.attempt().checks() + 1).toMillis();
        long millis = ThreadLocalRandom.current().nextLong(2 * pause + 1);
        long untilOld = config.tombstoneAfter().minus(due.age()).toMillis();
        long next = untilOld > 0 ? Math.min(millis, untilOld + 100) : millis;
        Optional<Instant> promised = open.payment().outcome().inDoubt().map(InDoubt::resolveBy);
        if (promised.isPresent()) {
            long untilLate = Duration.between(Moment.now(), promised.get()).toMillis();
            next = untilLate > 0 ? Math.min(next, untilLate + 100) : next;
        }
        long untilOver = config.challengeLimit().minus(due.age()).toMillis();
        if (untilOver > 0) {
            next = Math.min(next, untilOver + 100);
        }
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
