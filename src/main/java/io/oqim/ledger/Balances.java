package io.oqim.ledger;

import io.oqim.money.Money;
import io.oqim.store.Database;

/** What a tenant can dispose of. */
public final class Balances {
    private final LedgerStore store;

    public Balances(Database database) {
        this.store = new LedgerStore(database);
    }

    /** Whether as much is available, and not kept for something else. Blocks on the database. */
    public boolean covers(long tenant, Money amount) {
        return store.covers(tenant, amount);
    }
}
