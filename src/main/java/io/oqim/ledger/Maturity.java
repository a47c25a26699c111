package io.oqim.ledger;

import io.oqim.concurrent.Loop;
import io.oqim.concurrent.PerTenant;
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
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes available what was captured, once its time has come. Any number of workers may do this: who
 * removes the row that waits posts the movement, in the same transaction.
 */
public final class Maturity implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Maturity.class);

    /** A change that finds only some of its operations is undone as a whole, and tried again. */
    private static final Write TAKEN =
            new Write(
                    "maturing_taken",
                    Write.Stage.GUARD,
                    75,
                    """
                    DELETE FROM maturing m USING :rows AS u
                    WHERE m.tenant = u.tenant AND m.operation = u.operation RETURNING u.change""",
                    "change uuid",
                    "tenant bigint",
                    "operation uuid");

    private final LedgerStore store;
    private final Journal journal;
    private final LedgerConfig config;
    private final PerTenant tenants;
    private final Loop loop = new Loop("maturity", this::turn);

    public Maturity(Database database, Journal journal, LedgerConfig config) {
        this.store = new LedgerStore(database);
        this.journal = journal;
        this.config = config;
        this.tenants = new PerTenant("maturity", config.tenantsAtOnce());
    }

    public void start() {
        loop.start();
    }

    private Duration turn() {
        try {
            List<LedgerStore.Due> due = store.due(tenants.atWork(), config.batch());
            Map<Long, List<LedgerStore.Due>> byTenant =
                    due.stream().collect(Collectors.groupingBy(LedgerStore.Due::tenant));
            byTenant.forEach(
                    (tenant, some) -> {
                        boolean ignored = tenants.run(tenant, () -> post(tenant, some));
                    });
        } catch (RuntimeException e) {
            LOG.warn("captures could not be made available this time: {}", e.toString());
        }
        return config.poll();
    }

    /** Until nothing more of the tenant is due. */
    private void post(long tenant, List<LedgerStore.Due> some) {
        try {
            List<LedgerStore.Due> due = some;
            while (!due.isEmpty() && !loop.closing()) {
                // Refused when another worker was quicker with some: what is left is read again.
                Commit ignored = journal.commitInBackground(change(tenant, due));
                due = store.due(tenant, config.batch());
            }
        } catch (RuntimeException e) {
            LOG.atWarn()
                    .addKeyValue("tenant", tenant)
                    .log("captures could not be made available this time: {}", e.toString());
        }
    }

    /** All of it, or nothing when another worker was quicker with some. */
    private static Change change(long tenant, List<LedgerStore.Due> due) {
        UUID change = TypeId.next();
        List<Row> rows = new ArrayList<>();
        for (LedgerStore.Due one : due) {
            rows.add(
                    Row.of(TAKEN, tenant + "/" + one.operation(), change, tenant, one.operation()));
            rows.addAll(
                    Ledger.rows(
                            tenant,
                            TypeId.next(),
                            Ledger.matured(one.payment(), one.operation(), one.amount())));
        }
        return new Change(change, tenant, change, rows, List.of());
    }

    @Override
    public void close() {
        loop.close();
    }
}
