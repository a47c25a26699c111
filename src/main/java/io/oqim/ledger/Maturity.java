package io.oqim.ledger;

import io.oqim.concurrent.Loop;
import io.oqim.config.LedgerConfig;
import io.oqim.store.Change;
import io.oqim.store.Commit;
import io.oqim.store.Database;
import io.oqim.store.Journal;
import io.oqim.store.Row;
import io.oqim.store.TypeId;
import io.oqim.store.Write;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes available what was captured, once its time has come. Any number of workers may do this: who
 * removes the row that waits posts the movement, in the same transaction.
 */
public final class Maturity implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Maturity.class);

    private static final Write TAKEN =
            new Write(
                    "maturing_taken",
                    Write.Stage.GUARD,
                    75,
                    """
                    DELETE FROM maturing m USING unnest(?::uuid[], ?::bigint[], ?::uuid[]) AS u (change, tenant, operation)
                    WHERE m.tenant = u.tenant AND m.operation = u.operation RETURNING u.change""",
                    List.of("uuid", "bigint", "uuid"));

    private final LedgerStore store;
    private final Journal journal;
    private final LedgerConfig config;
    private final Loop loop = new Loop("maturity", this::turn);

    public Maturity(Database database, Journal journal, LedgerConfig config) {
        this.store = new LedgerStore(database);
        this.journal = journal;
        this.config = config;
    }

    public void start() {
        loop.start();
    }

    private Duration turn() {
        try {
            List<LedgerStore.Due> due = store.due(config.batch());
            post(due);
            return due.size() == config.batch() ? Duration.ZERO : config.poll();
        } catch (RuntimeException e) {
            LOG.warn("captures could not be made available this time: {}", e.toString());
            return config.poll();
        }
    }

    /** At once, so that the journal writes them together. */
    private void post(List<LedgerStore.Due> due) {
        List<Thread> posting = new ArrayList<>();
        for (LedgerStore.Due one : due) {
            if (loop.closing()) {
                break;
            }
            posting.add(Thread.ofVirtual().name("maturity").start(() -> post(one)));
        }
        for (Thread thread : posting) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    private void post(LedgerStore.Due due) {
        try {
            Commit ignored = journal.commitInBackground(change(due));
        } catch (RuntimeException e) {
            LOG.atWarn()
                    .addKeyValue("tenant", due.tenant())
                    .log("a capture could not be made available this time: {}", e.toString());
        }
    }

    private static Change change(LedgerStore.Due due) {
        UUID change = TypeId.next();
        List<Row> rows = new ArrayList<>();
        rows.add(
                Row.of(
                        TAKEN,
                        due.tenant() + "/" + due.operation(),
                        change,
                        due.tenant(),
                        due.operation()));
        rows.addAll(
                Ledger.rows(
                        due.tenant(),
                        TypeId.next(),
                        Ledger.matured(due.payment(), due.operation(), due.amount())));
        return new Change(change, due.tenant(), due.payment(), rows, List.of());
    }

    @Override
    public void close() {
        loop.close();
    }
}
