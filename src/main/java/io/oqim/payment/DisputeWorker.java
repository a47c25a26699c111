package io.oqim.payment;

import io.oqim.bank.Bank;
import io.oqim.concurrent.Loop;
import io.oqim.config.DisputesConfig;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sees to it that banks are asked for changes of disputes, that responses are sent, and that what
 * nobody responded to in time is over. Any number of workers may do this: they share the work by
 * leases in the database, and what two do all the same is written once.
 */
final class DisputeWorker implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DisputeWorker.class);

    private final Works works;
    private final DisputesConfig config;
    private final DisputeStore store;
    private final DisputeInbox inbox;
    private final DisputeSender sender;

    /** Banks that are being read: a slow one holds up no other. */
    private final Set<String> reading = ConcurrentHashMap.newKeySet();

    private final Loop loop = new Loop("disputes", this::turn);
    private boolean known;

    DisputeWorker(Works works, DisputeStore store, DisputeInbox inbox, DisputeSender sender) {
        this.works = works;
        this.config = works.config().disputes();
        this.store = store;
        this.inbox = inbox;
        this.sender = sender;
    }

    void start() {
        loop.start();
    }

    private Duration turn() {
        try {
            if (!known) {
                inbox.know();
                known = true;
            }
            inbox.banks().forEach(this::read);
            inbox.banks().forEach(bank -> sender.turn(bank, loop::closing));
            expire();
        } catch (RuntimeException e) {
            LOG.warn("disputes could not be looked after this time: {}", e.toString());
        }
        return config.poll();
    }

    private void read(Bank bank) {
        if (!reading.add(bank.name())) {
            return;
        }
        Thread.ofVirtual()
                .name("disputes-" + bank.name())
                .start(
                        () -> {
                            try {
                                inbox.read(bank, loop::closing);
                            } catch (RuntimeException e) {
                                LOG.warn(
                                        "disputes of bank {} could not be read: {}",
                                        bank.name(),
                                        e.toString());
                            } finally {
                                boolean ignored = reading.remove(bank.name());
                            }
                        });
    }

    /** The bank decides what it comes to; until then it is lost, which moves no money. */
    private void expire() {
        for (DisputeStore.Owned due : store.overdue(config.batch())) {
            // Refused when somebody was quicker: it is looked at again.
            var ignored =
                    works.journal()
                            .commitInBackground(
                                    DisputeChanges.expired(
                                            due.tenant(), due.dispute().expiredAt(Moment.now())));
        }
    }

    @Override
    public void close() {
        loop.close();
    }
}
