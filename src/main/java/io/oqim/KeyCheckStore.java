package io.oqim;

import io.oqim.config.Secret;
import io.oqim.crypto.Hashes;
import io.oqim.store.Database;
import io.oqim.store.StoreException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Optional;

/**
 * Stops a process whose {@code crypto.key} is not the one that this database's fingerprints were
 * made with: it would take every retry for another request, and tell merchants to pay again.
 */
final class KeyCheckStore {
    private static final String PURPOSE = "crypto.key";

    private final Database database;
    private final byte[] value;
    private final Runnable others;
    private volatile boolean passed;

    /**
     * @param others checks of other keys, which throw as {@link #now} does
     */
    KeyCheckStore(Database database, Secret key, Runnable others) {
        this.others = others;
        this.database = database;
        this.value = new Hashes(key).fingerprint(PURPOSE.getBytes(StandardCharsets.US_ASCII));
    }

    /**
     * Compares, or leaves its own value when there is none. A database that is away is asked again
     * later.
     *
     * @throws IllegalStateException when the key is another one
     */
    void now() {
        try {
            int ignored =
                    database.execute(
                            "INSERT INTO key_check (purpose, value) VALUES (?, ?) ON CONFLICT DO NOTHING",
                            PURPOSE,
                            value);
            Optional<byte[]> stored =
                    database.first(
                            "SELECT value FROM key_check WHERE tenant = 0 AND purpose = ?",
                            row -> row.getBytes(1),
                            PURPOSE);
            if (stored.isPresent() && !MessageDigest.isEqual(stored.get(), value)) {
                throw new IllegalStateException(
                        "crypto.key is not the key that this database was used with");
            }
            others.run();
            passed = true;
        } catch (StoreException e) {
            passed = false;
        }
    }

    /** Whether the key is known to be right; readiness waits for it. */
    boolean passed() {
        if (!passed) {
            now();
        }
        return passed;
    }
}
