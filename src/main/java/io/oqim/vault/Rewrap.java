package io.oqim.vault;

import io.oqim.config.VaultConfig;
import io.oqim.store.Database;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;

/**
 * Puts data keys into the wrapping of the current key-encryption key, encrypts the cards of data
 * keys that have had their time with the tenant's newest one, and forgets data keys that encrypt
 * nothing any more.
 *
 * <p>It works beside everything else, in small transactions, and can be ended and begun again at
 * any time, also twice at once: what it has done is done, and what it finds is what is left.
 */
public final class Rewrap {
    private static final int PAGE = 500;
    private static final long TELL_EVERY = 100_000;

    private static final DataKeyStore.Kept FIRST =
            new DataKeyStore.Kept(
                    Long.MIN_VALUE, new UUID(0, 0), new KeyEncryption.Wrapped("", new byte[0]));

    private final DataKeyStore store;
    private final TokenStore tokens;
    private final DataKeys keys;
    private final KeyEncryption encryption;
    private final VaultConfig config;
    private final Consumer<String> out;
    private final long began = System.nanoTime();

    /**
     * @param out is told how far it is, line by line
     */
    public Rewrap(Database database, VaultConfig config, Consumer<String> out) {
        this.store = new DataKeyStore(database);
        this.tokens = new TokenStore(database);
        this.encryption = new LocalKeys(config.keys());
        this.keys = new DataKeys(encryption, store, config, this::life);
        this.config = config;
        this.out = out;
    }

    /**
     * What was done.
     *
     * @param keys data keys in a new wrapping
     * @param cards encrypted anew
     * @param forgotten data keys
     * @param unreadable data keys whose key-encryption key is not here, or is another one
     */
    public record Done(long keys, long cards, long forgotten, long unreadable) {}

    /** Does what there is to do; blocks until it is done. */
    public Done run() {
        Set<UUID> unreadable = new HashSet<>();
        long wrapped = wrappings(unreadable);
        out.accept(wrapped + " data keys wrapped anew by " + encryption.current());
        long cards = 0;
        long forgotten = 0;
        DataKeyStore.Kept last = FIRST;
        for (List<DataKeyStore.Kept> page = store.outlived(life(), last, PAGE);
                !page.isEmpty();
                page = store.outlived(life(), last, PAGE)) {
            for (DataKeyStore.Kept key : page) {
                try {
                    cards += cards(key, cards);
                    forgotten += store.forget(key, DataKeys.SUPERSEDED) ? 1 : 0;
                } catch (KeyUnavailable e) {
                    // The others are not to wait for it.
                    if (unreadable.add(key.id())) {
                        out.accept("data key " + key.id() + ": " + e.getMessage());
                    }
                }
            }
            last = page.getLast();
        }
        out.accept(cards + " cards encrypted anew, " + forgotten + " data keys forgotten");
        return new Done(wrapped, cards, forgotten, unreadable.size());
    }

    /** Whatever was too old at the start, and nothing else: not what has come since. */
    private Duration life() {
        return config.rewrapAfter().plusNanos(System.nanoTime() - began);
    }

    private long wrappings(Set<UUID> unreadable) {
        Map<String, String> why = new HashMap<>();
        long wrapped = 0;
        DataKeyStore.Kept last = FIRST;
        for (List<DataKeyStore.Kept> page = others(last); !page.isEmpty(); page = others(last)) {
            for (DataKeyStore.Kept key : page) {
                try {
                    wrapped += store.rewrap(key, keys.rewrapped(key)) ? 1 : 0;
                } catch (KeyUnavailable e) {
                    unreadable.add(key.id());
                    var ignored = why.putIfAbsent(key.wrapped().kek(), e.getMessage());
                }
            }
            last = page.getLast();
        }
        why.forEach(
                (kek, message) -> out.accept("cannot unwrap what " + kek + " wrapped: " + message));
        return wrapped;
    }

    private List<DataKeyStore.Kept> others(DataKeyStore.Kept after) {
        return store.wrappedByOthers(encryption.current(), after, PAGE);
    }

    /** The cards of one data key, some at a time; its tenant has a newer one from here on. */
    private long cards(DataKeyStore.Kept old, long before) {
        Cipher then = keys.cipher(old);
        long done = 0;
        int some;
        do {
            DataKeys.DataKey now = keys.current(old.tenant());
            if (now.id().equals(old.id())) {
                // By the database's clock it is not that old any more.
                return done;
            }
            some =
                    tokens.reseal(
                            old.tenant(),
                            old.id(),
                            config.rewrapBatch(),
                            card -> anew(old.tenant(), card, then, now));
            if ((before + done + some) / TELL_EVERY > (before + done) / TELL_EVERY) {
                out.accept((before + done + some) + " cards so far");
            }
            done += some;
        } while (some > 0);
        return done;
    }

    private static TokenStore.Sealed anew(
            long tenant, TokenStore.Sealed sealed, Cipher then, DataKeys.DataKey now) {
        byte[] context = Cipher.context(Vault.PURPOSE, tenant, sealed.token());
        return new TokenStore.Sealed(
                sealed.token(),
                now.id(),
                now.cipher().encrypt(then.decrypt(sealed.bytes(), context), context));
    }
}
