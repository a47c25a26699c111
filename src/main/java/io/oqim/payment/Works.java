package io.oqim.payment;

import io.oqim.bank.Banks;
import io.oqim.config.OqimConfig;
import io.oqim.crypto.CryptoPool;
import io.oqim.crypto.Hashes;
import io.oqim.store.Database;
import io.oqim.store.Journal;

/** What payments are made with: the tools that every step of them shares. */
record Works(
        OqimConfig config,
        Journal journal,
        Banks banks,
        Checks checks,
        CryptoPool crypto,
        Hashes hashes,
        Settling settling,
        PaymentChanges changes,
        PaymentStore payments,
        OperationStore operations,
        IdempotencyStore claims) {
    static Works of(OqimConfig config, Journal journal, Banks banks, Checks checks, Tools tools) {
        return new Works(
                config,
                journal,
                banks,
                checks,
                tools.crypto(),
                tools.hashes(),
                new Settling(config.resolver()),
                new PaymentChanges(config.banks()),
                new PaymentStore(tools.database()),
                new OperationStore(tools.database()),
                new IdempotencyStore(tools.database()));
    }

    /** Tools of other rooms that are used as they are. */
    record Tools(Database database, CryptoPool crypto, Hashes hashes) {}
}
