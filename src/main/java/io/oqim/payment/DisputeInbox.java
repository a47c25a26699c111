package io.oqim.payment;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.oqim.bank.Bank;
import io.oqim.bank.BankCall;
import io.oqim.bank.DisputeFeed;
import io.oqim.bank.DisputeNews;
import io.oqim.config.DisputesConfig;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads what banks tell of disputes, keeps it, and has it booked in each bank's order. What is kept
 * is asked for no more, so no change is lost when this process dies; what cannot be booked waits,
 * and holds up later changes of the same dispute alone.
 */
final class DisputeInbox {
    private static final Logger LOG = LoggerFactory.getLogger(DisputeInbox.class);

    private final Works works;
    private final DisputesConfig config;
    private final DisputeNewsStore store;
    private final DisputeBooking booking;
    private final Counter silent;

    /** Banks of which somebody has told since they were written down. */
    private final Set<String> hinted = ConcurrentHashMap.newKeySet();

    /** One is written down at a time, and one for each bank waits: anybody can send hints. */
    private final ReentrantLock writing = new ReentrantLock();

    DisputeInbox(
            Works works, DisputeNewsStore store, DisputeBooking booking, MeterRegistry registry) {
        this.works = works;
        this.config = works.config().disputes();
        this.store = store;
        this.booking = booking;
        this.silent =
                Counter.builder("oqim.disputes.silent")
                        .description("questions for changes of disputes that a bank did not answer")
                        .register(registry);
    }

    List<Bank> banks() {
        return works.banks().all().stream().filter(bank -> bank.capabilities().disputes()).toList();
    }

    /** What is not done. */
    record Backlog(long unbooked, long unreadSeconds) {}

    /** Counts it; blocks on the database. */
    Backlog backlog() {
        List<String> names = banks().stream().map(Bank::name).toList();
        return new Backlog(store.problems(), store.unreadSeconds(names));
    }

    /** To be called once before {@link #read}. */
    void know() {
        store.know(banks().stream().map(Bank::name).toList());
    }

    /**
     * A bank's hint that there is news. Anybody can send one, so it only makes the bank be asked
     * sooner, and not more often than the pause allows. Many at once are one.
     */
    void hinted(String bank) {
        boolean known = banks().stream().anyMatch(one -> one.name().equals(bank));
        if (known && hinted.add(bank)) {
            Thread.ofVirtual().name("disputes-hint").start(() -> write(bank));
        }
    }

    private void write(String bank) {
        writing.lock();
        try {
            // First: a hint that comes meanwhile is another.
            boolean ignored = hinted.remove(bank);
            store.hinted(bank, config.pause());
        } catch (RuntimeException e) {
            LOG.warn("a hint of disputes could not be followed: {}", e.toString());
        } finally {
            writing.unlock();
        }
    }

    /** Reads and books what a bank has, if its time has come. */
    void read(Bank bank, BooleanSupplier closing) {
        OptionalLong after = store.take(bank.name(), config.lease());
        if (after.isEmpty()) {
            return;
        }
        long end = System.nanoTime() + config.lease().toNanos();
        long place = after.getAsLong();
        boolean more = true;
        while (more && !closing.getAsBoolean() && System.nanoTime() - end < 0) {
            DisputeFeed feed =
                    bank.disputes(
                            place,
                            BankCall.harmless("disputes", works.config().banks().deadline()));
            more = false;
            switch (feed) {
                case DisputeFeed.Page page -> {
                    store.keep(bank.name(), page.news());
                    place = page.news().isEmpty() ? place : page.news().getLast().seq();
                    more = page.more();
                    if (!more) {
                        store.readAll(bank.name());
                    }
                }
                case DisputeFeed.Silent none -> {
                    silent.increment();
                    LOG.warn(
                            "bank {} does not tell of disputes after {}: {}",
                            bank.name(),
                            place,
                            none.reason());
                }
            }
        }
        bookAll(bank.name(), closing);
        store.done(bank.name(), config.every(), config.lease());
    }

    private void bookAll(String bank, BooleanSupplier closing) {
        Set<String> heldUp = new HashSet<>();
        long place = 0;
        List<DisputeNews> some = store.waiting(bank, place, config.batch());
        while (!some.isEmpty() && !closing.getAsBoolean()) {
            for (DisputeNews news : some) {
                place = news.seq();
                if (!heldUp.contains(news.dispute()) && !booked(bank, news)) {
                    boolean ignored = heldUp.add(news.dispute());
                }
            }
            some = store.waiting(bank, place, config.batch());
        }
    }

    private boolean booked(String bank, DisputeNews news) {
        String why;
        try {
            switch (booking.book(bank, news)) {
                case DisputeBooking.Booked.Done done -> {
                    store.booked(bank, news.seq());
                    return true;
                }
                case DisputeBooking.Booked.Waits waits -> why = waits.why();
            }
        } catch (RuntimeException e) {
            LOG.atError()
                    .addKeyValue("bank", bank)
                    .addKeyValue("dispute", news.dispute())
                    .setCause(e)
                    .log("a dispute could not be booked");
            why = "error";
        }
        if (store.problem(bank, news.seq(), why)) {
            LOG.atError()
                    .addKeyValue("bank", bank)
                    .addKeyValue("dispute", news.dispute())
                    .addKeyValue("reference", news.reference())
                    .log("a dispute cannot be booked and waits: {}", why);
        }
        return false;
    }
}
