package io.oqim.merchant;

import io.oqim.config.ServerConfig;
import io.oqim.http.Problem;
import io.oqim.http.Refusal;
import io.oqim.observe.Scope;
import io.oqim.store.Database;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Collection;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Finds the tenant of an {@code Authorization: Bearer} header.
 *
 * <p>A key that was found is trusted for {@code server.key-cache} without asking again; a
 * revocation so takes effect in every process within that time, without any process telling
 * another. What was not found is not remembered: nobody fills the cache by guessing. Wrong, revoked
 * and malformed keys are told apart by nothing in the answer.
 */
public final class Authentication {
    private final MerchantStore store;
    private final ServerConfig config;
    private final RateLimits limits;
    private final Map<ByteBuffer, Known> cache = new ConcurrentHashMap<>();

    private final ReentrantLock[] locks = new ReentrantLock[256];

    private record Known(Caller caller, long until) {}

    /** Who calls: a tenant, by one of its keys. */
    public record Caller(Tenant tenant, UUID key) {}

    public Authentication(Database database, ServerConfig config, RateLimits limits) {
        this.limits = limits;
        this.store = new MerchantStore(database);
        this.config = config;
        Arrays.setAll(locks, i -> new ReentrantLock());
    }

    /**
     * The tenant of this header; from here on, the request at hand is its, and counted.
     *
     * @throws Refusal 401 {@code unauthenticated}, 429 {@code rate_limited}
     */
    public Tenant tenant(Optional<String> authorization) {
        return caller(authorization).tenant();
    }

    /**
     * The same, and by which key.
     *
     * @throws Refusal 401 {@code unauthenticated}, 429 {@code rate_limited}
     */
    public Caller caller(Optional<String> authorization) {
        Caller caller =
                authorization
                        .filter(
                                header ->
                                        header.length() < 256
                                                && header.regionMatches(true, 0, "Bearer ", 0, 7))
                        .map(header -> header.substring(7).strip())
                        .flatMap(ApiKey::parse)
                        .flatMap(this::known)
                        .orElseThrow(() -> new Refusal(Problem.unauthenticated()));
        Scope.current().of(caller.tenant().id());
        limits.count(caller.tenant());
        return caller;
    }

    /** Those of these keys that must not be used any more. Blocks on the database. */
    public Set<UUID> revoked(Collection<UUID> keys) {
        return store.revoked(keys);
    }

    /** Who has a key that is good, as the database said within the time of trust. */
    private Optional<Caller> known(ApiKey key) {
        ByteBuffer hash = ByteBuffer.wrap(key.hash());
        Known known = cache.get(hash);
        if (known != null && known.until() - System.nanoTime() > 0) {
            return Optional.of(known.caller());
        }
        // Of many requests with one key, one asks the database, and the others wait for what it
        // learns.
        ReentrantLock asking = locks[Math.floorMod(hash.hashCode(), locks.length)];
        if (!locked(asking)) {
            throw new Refusal(
                    Problem.busy(
                            "temporarily_unavailable",
                            "Keys cannot be checked now. Try again.",
                            config.keyCheckWait()));
        }
        try {
            known = cache.get(hash);
            if (known != null && known.until() - System.nanoTime() > 0) {
                return Optional.of(known.caller());
            }
            return ask(hash, key);
        } finally {
            asking.unlock();
        }
    }

    /** Not for ever: while the database is away, each one who asks it waits. */
    private boolean locked(ReentrantLock lock) {
        try {
            return lock.tryLock(config.keyCheckWait().toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private Optional<Caller> ask(ByteBuffer hash, ApiKey key) {
        long now = System.nanoTime();
        Optional<Caller> caller = store.byKey(key.hash());
        if (caller.isPresent()) {
            makeRoom(now);
            cache.put(hash, new Known(caller.get(), now + config.keyCache().toNanos()));
        } else {
            cache.remove(hash);
        }
        return caller;
    }

    private void makeRoom(long now) {
        if (cache.size() < config.keyCacheSize()) {
            return;
        }
        cache.values().removeIf(known -> known.until() - now <= 0);
        Iterator<ByteBuffer> keys = cache.keySet().iterator();
        while (cache.size() >= config.keyCacheSize() && keys.hasNext()) {
            keys.next();
            keys.remove();
        }
    }
}
