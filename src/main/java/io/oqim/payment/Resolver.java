package io.oqim.payment;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.oqim.bank.Bank;
import io.oqim.bank.BankCall;
import io.oqim.bank.BankReply;
import io.oqim.bank.Enquiry;
import io.oqim.bank.Tombstone;
import io.oqim.concurrent.Loop;
import io.oqim.config.ResolverConfig;
import io.oqim.store.Commit;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks banks what became of attempts that are unknown, pending, or left behind by a process that
 * died, and settles what they say.
 *
 * <p>"Not found" proves nothing by itself: an attempt that the bank does not know after a while is
 * voided by its reference, after which it can never happen. Two resolvers that ask about the same
 * attempt do no harm: asking changes nothing, voiding by reference may be repeated, and settling is
 * guarded by the payment's version.
 */
final class Resolver implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Resolver.class);

    private final Works works;
    private final ResolverConfig config;
    private final Semaphore places;
    private final Set<String> atWork = ConcurrentHashMap.newKeySet();
    private final Counter settledCount;
    private final Loop loop = new Loop("resolver", this::turn);

    Resolver(Works works, MeterRegistry registry) {
        this.works = works;
        this.config = works.config().resolver();
        this.places = new Semaphore(config.concurrency());
        this.settledCount =
                Counter.builder("oqim.resolver.settled")
                        .description("open outcomes that were settled")
                        .register(registry);
    }

    void start() {
        loop.start();
    }

    /**
     * A bank's hint that there is news of a reference. Dropped when there is too much at work
     * already.
     */
    void ask(long tenant, String bank, String reference) {
        if (!places.tryAcquire()) {
            return;
        }
        Thread.ofVirtual()
                .name("resolver-hint")
                .start(
                        () -> {
                            try {
                                works.operations()
                                        .open(tenant, bank, reference, oldSeconds())
                                        .filter(
                                                due ->
                                                        due.open().attempt().state()
                                                                != AttemptState.SENT)
                                        .ifPresent(this::guardedResolve);
                            } catch (RuntimeException e) {
                                LOG.warn("a bank's hint could not be followed: {}", e.toString());
                            } finally {
                                places.release();
                            }
                        });
    }

    private Duration turn() {
        try {
            for (OperationStore.Due due : works.operations().due(config.batch(), oldSeconds())) {
                if (loop.closing()) {
                    break;
                }
                places.acquire();
                resolveAside(due);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            LOG.warn("due outcomes could not be looked up: {}", e.toString());
        }
        return config.poll();
    }

    /** On a thread of its own; gives the place back. */
    private void resolveAside(OperationStore.Due due) {
        Thread.ofVirtual()
                .name("resolver-" + due.open().attempt().reference())
                .start(
                        () -> {
                            try {
                                guardedResolve(due);
                            } finally {
                                places.release();
                            }
                        });
    }

    private double oldSeconds() {
        return config.tombstoneAfter().toMillis() / 1000.0;
    }

    private void guardedResolve(OperationStore.Due due) {
        String reference = due.open().attempt().reference();
        if (!atWork.add(reference)) {
            return;
        }
        try {
            resolve(due);
        } catch (RuntimeException e) {
            LOG.atWarn()
                    .addKeyValue("tenant", due.open().tenant())
                    .addKeyValue("attempt", reference)
                    .setCause(e)
                    .log("an open outcome could not be resolved this time");
        } finally {
            atWork.remove(reference);
        }
    }

    private void resolve(OperationStore.Due due) {
        Open open = due.open();
        switch (open.attempt().state()) {
            case NOT_SENT -> settle(open, works.settling().givenUp(open, Moment.now()), "given up");
            case SENT, UNKNOWN, PENDING -> {
                Optional<Bank> bank = works.banks().named(open.attempt().bank());
                if (bank.isEmpty()) {
                    LOG.error(
                            "attempt {} needs bank {}, which is not configured",
                            open.attempt().reference(),
                            open.attempt().bank());
                    later(open);
                } else {
                    learn(bank.get(), due)
                            .ifPresentOrElse(reply -> settle(open, reply), () -> later(open));
                }
            }
            case APPROVED, DECLINED, REJECTED, REVERSED -> later(open);
        }
    }

    /** What the bank says, if it says anything that settles or changes something. */
    private Optional<BankReply> learn(Bank bank, OperationStore.Due due) {
        Open open = due.open();
        Duration deadline = works.config().banks().deadline();
        return switch (bank.enquire(BankCall.harmless(open.attempt().reference(), deadline))) {
            case Enquiry.Found found -> found(bank, due, found.reply());
            case Enquiry.NotFound notFound ->
                    due.old() ? bury(bank, open, deadline) : Optional.empty();
            case Enquiry.Silent silent -> Optional.empty();
        };
    }

    private Optional<BankReply> found(Bank bank, OperationStore.Due due, BankReply reply) {
        Open open = due.open();
        if (reply instanceof BankReply.Approved approved
                && !approved.effected().equals(open.operation().amount())) {
            LOG.atError()
                    .addKeyValue("tenant", open.tenant())
                    .addKeyValue("attempt", open.attempt().reference())
                    .log(
                            "the bank approved {} instead of {}; it is undone",
                            approved.effected(),
                            open.operation().amount());
            return bury(bank, open, works.config().banks().deadline());
        }
        boolean nothingNew =
                reply instanceof BankReply.Pending
                        && open.attempt().state() == AttemptState.PENDING;
        return nothingNew ? Optional.empty() : Optional.of(reply);
    }

    /** Makes sure that it never happens, and undoes it if it did. */
    private static Optional<BankReply> bury(Bank bank, Open open, Duration deadline) {
        String target = open.attempt().reference();
        return switch (bank.tombstone(target, BankCall.harmless(target + "-void", deadline))) {
            case Tombstone.Laid laid ->
                    Optional.of(new BankReply.Reversed(laid.hadEffect(), laid.ids()));
            case Tombstone.Silent silent -> Optional.empty();
        };
    }

    private void settle(Open open, BankReply reply) {
        settle(open, works.settling().settle(open, reply, Moment.now()), reply.name());
    }

    private void settle(Open open, Settled settled, String said) {
        PaymentChanges.Answering answering =
                works.crypto()
                        .run(() -> works.changes().settled(open, settled, Optional.empty(), 0));
        Commit commit = works.journal().commit(answering.change());
        if (commit instanceof Commit.Accepted) {
            settledCount.increment();
            LOG.atInfo()
                    .addKeyValue("tenant", open.tenant())
                    .addKeyValue("attempt", open.attempt().reference())
                    .log("settled: {} is {}", said, settled.payment().status().text());
        }
    }

    /**
     * Asks again later, with full jitter around the schedule's pause, so that banks see no herd.
     */
    private void later(Open open) {
        Duration pause = works.settling().pause(open.attempt().checks() + 1);
        long millis =
                pause.toMillis() / 2 + ThreadLocalRandom.current().nextLong(pause.toMillis() + 1);
        Commit ignored =
                works.journal()
                        .commitInBackground(
                                PaymentChanges.checked(open, Duration.ofMillis(millis)));
    }

    @Override
    public void close() {
        loop.close();
        try {
            boolean ended =
                    places.tryAcquire(
                            config.concurrency(), 2, java.util.concurrent.TimeUnit.SECONDS);
            if (!ended) {
                LOG.info("the resolver leaves questions open; they are asked again");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
