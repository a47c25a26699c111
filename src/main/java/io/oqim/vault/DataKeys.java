package io.oqim.vault;

import io.oqim.config.VaultConfig;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The data keys of tenants, unwrapped: each is asked for once, and then held in memory, so that a
 * payment with a token costs neither a read nor a call of the key service for its key.
 *
 * <p>Methods block on the database, and on the key service, for keys that are not at hand.
 */
final class DataKeys {
    /**
     * How long a process goes on with the newest data key that it knows, before it looks whether
     * there is a newer one.
     */
    static final Duration KNOWN = Duration.ofMinutes(1);

    /** After this, nobody works with a data key any more that has a successor. */
    static final Duration SUPERSEDED = KNOWN.multipliedBy(10);

    private static final String PURPOSE = "oqim data key v1";
    private static final int KEY_BYTES = 32;
    private static final SecureRandom RANDOM = new SecureRandom();

    private final KeyEncryption encryption;
    private final DataKeyStore store;
    private final Supplier<Duration> life;
    private final ReentrantLock lock = new ReentrantLock();
    private final ReentrantLock[] beginnings = new ReentrantLock[64];
    private final Map<Name, Cipher> ciphers;
    private final Map<Long, Current> currents;

    /**
     * @param life for how long a data key is used for new cards
     */
    DataKeys(
            KeyEncryption encryption,
            DataKeyStore store,
            VaultConfig config,
            Supplier<Duration> life) {
        this.encryption = encryption;
        this.store = store;
        this.life = life;
        Arrays.setAll(beginnings, i -> new ReentrantLock());
        this.ciphers = bounded(config.dataKeysCached());
        this.currents = bounded(config.dataKeysCached());
    }

    private record Name(long tenant, UUID id) {}

    /** The one that is used for new cards, until then. */
    private record Current(DataKey key, long until) {}

    /** A data key at hand. */
    record DataKey(UUID id, Cipher cipher) {}

    /** The key for a new card of this tenant. */
    DataKey current(long tenant) {
        Optional<DataKey> known = known(tenant);
        if (known.isPresent()) {
            return known.get();
        }
        // Of many who save a card, one begins a key, if there has to be one.
        ReentrantLock beginning =
                beginnings[Math.floorMod(Long.hashCode(tenant), beginnings.length)];
        beginning.lock();
        try {
            return known(tenant).orElseGet(() -> look(tenant));
        } finally {
            beginning.unlock();
        }
    }

    private Optional<DataKey> known(long tenant) {
        return Optional.ofNullable(locked(() -> currents.get(tenant)))
                .filter(known -> known.until() - System.nanoTime() > 0)
                .map(Current::key);
    }

    private DataKey look(long tenant) {
        DataKeyStore.Newest newest =
                store.newest(tenant, life.get())
                        .filter(found -> found.left().isPositive())
                        .orElseGet(() -> begun(tenant));
        DataKey key = new DataKey(newest.key().id(), cipher(newest.key()));
        Duration looked = newest.left().compareTo(KNOWN) < 0 ? newest.left() : KNOWN;
        locked(() -> currents.put(tenant, new Current(key, System.nanoTime() + looked.toNanos())));
        return key;
    }

    List<DataKeyStore.Kept> samples() {
        return store.samples();
    }

    /** Looks for the newest one again, the next time. */
    void forget(long tenant) {
        var ignored = locked(() -> currents.remove(tenant));
    }

    /**
     * What is encrypted with this key is read with this.
     *
     * @throws KeyUnavailable when it cannot be unwrapped
     */
    Cipher cipher(DataKeyStore.Kept kept) {
        Name name = new Name(kept.tenant(), kept.id());
        Cipher known = locked(() -> ciphers.get(name));
        if (known != null) {
            return known;
        }
        Cipher cipher = new Cipher(encryption.unwrap(kept.wrapped(), context(kept)));
        locked(() -> ciphers.put(name, cipher));
        return cipher;
    }

    /** The same key in the wrapping of now. */
    KeyEncryption.Wrapped rewrapped(DataKeyStore.Kept kept) {
        byte[] context = context(kept);
        return encryption.wrap(encryption.unwrap(kept.wrapped(), context), context);
    }

    private DataKeyStore.Newest begun(long tenant) {
        UUID id = UUID.randomUUID();
        byte[] key = new byte[KEY_BYTES];
        RANDOM.nextBytes(key);
        DataKeyStore.Kept kept =
                new DataKeyStore.Kept(
                        tenant, id, encryption.wrap(key, Cipher.context(PURPOSE, tenant, id)));
        store.add(kept);
        return new DataKeyStore.Newest(kept, life.get());
    }

    private static byte[] context(DataKeyStore.Kept kept) {
        return Cipher.context(PURPOSE, kept.tenant(), kept.id());
    }

    private <T extends @Nullable Object> T locked(Supplier<T> work) {
        lock.lock();
        try {
            return work.get();
        } finally {
            lock.unlock();
        }
    }

    /** Forgets what was not used for longest. */
    private static <K, V> Map<K, V> bounded(int most) {
        return new LinkedHashMap<>(16, 0.75f, true) {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
                return size() > most;
            }
        };
    }
}
