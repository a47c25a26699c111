package io.oqim.event;

import io.oqim.crypto.CryptoPool;
import io.oqim.crypto.Hashes;
import io.oqim.crypto.SigningKey;
import java.time.Instant;
import java.util.HexFormat;
import java.util.UUID;

/**
 * Signs checkpoints, on the crypto pool. Another configured key makes another notary; the keys of
 * earlier ones stay published.
 */
public final class Notary {
    private static final int ID_BYTES = 8;

    private final CryptoPool pool;
    private final SigningKey key;
    private final String id;

    /**
     * @param seed 32 bytes that nobody else knows
     */
    public Notary(CryptoPool pool, byte[] seed) {
        this.pool = pool;
        this.key = SigningKey.of(seed);
        this.id = id(key.publicKey());
    }

    /** The name of a key: the first 16 digits of its SHA-256. */
    public static String id(byte[] publicKey) {
        return HexFormat.of().formatHex(Hashes.sha256(publicKey), 0, ID_BYTES);
    }

    /** The name of its key. */
    public String id() {
        return id;
    }

    byte[] publicKey() {
        return key.publicKey();
    }

    /** Signs that a log's event had this hash. Blocks for the pool. */
    Checkpoint sign(UUID merchant, String mode, long seq, byte[] hash, Instant now) {
        byte[] statement = Checkpoint.statement(merchant, mode, seq, hash, now);
        return new Checkpoint(seq, hash, now, id, pool.run(() -> key.sign(statement)));
    }
}
