package io.oqim.merchant;

import io.oqim.http.Problem;
import io.oqim.http.Refusal;
import io.oqim.store.Database;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;
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
    private static final int CACHED_AT_MOST = 20_000;
    private static final Duration PATIENCE = Duration.ofSeconds(3);

    private final MerchantStore store;
    private final Duration trust;
    private final Map<ByteBuffer, Known> cache = new ConcurrentHashMap<>();

    private final ReentrantLock[] locks = new ReentrantLock[256];

    private record Known(Tenant tenant, long until) {}

    public Authentication(Database database, Duration trust) {
        this.store = new MerchantStore(database);
        this.trust = trust;
        Arrays.setAll(locks, i -> new ReentrantLock());
    }

    /**
     * The tenant of this header.
     *
     * @throws Refusal 401 {@code unauthenticated}
     */
    public Tenant tenant(Optional<String> authorization) {
        return authorization
                .filter(
                        header ->
                                header.length() < 256
                                        && header.regionMatches(true, 0, "Bearer ", 0, 7))
                .map(header -> header.substring(7).strip())
                .flatMap(ApiKey::parse)
                .flatMap(this::known)
                .orElseThrow(() -> new Refusal(Problem.unauthenticated()));
    }

    /**
     * Whether the key of this header is still good, asked of the database within the time of trust.
     */
    private Optional<Tenant> known(ApiKey key) {
        ByteBuffer hash = ByteBuffer.wrap(key.hash());
        Known known = cache.get(hash);
        if (known != null && known.until() - System.nanoTime() > 0) {
            return Optional.of(known.tenant());
        }
        // Of many requests with one key, one asks the database, and the others wait for what it
        // learns.
        ReentrantLock asking = locks[Math.floorMod(hash.hashCode(), locks.length)];
        if (!locked(asking)) {
            throw new Refusal(
                    Problem.busy(
                            "temporarily_unavailable",
                            "Keys cannot be checked now. Try again.",
                            PATIENCE));
        }
        try {
            known = cache.get(hash);
            if (known != null && known.until() - System.nanoTime() > 0) {
                return Optional.of(known.tenant());
            }
            return ask(hash, key);
        } finally {
            asking.unlock();
        }
    }

    /** Not for ever: while the database is away, each one who asks it waits. */
    private static boolean locked(ReentrantLock lock) {
        try {
            return lock.tryLock(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private Optional<Tenant> ask(ByteBuffer hash, ApiKey key) {
        long now = System.nanoTime();
        Optional<Tenant> tenant = store.byKey(key.hash());
        if (tenant.isPresent()) {
            makeRoom(now);
            cache.put(hash, new Known(tenant.get(), now + trust.toNanos()));
        } else {
            cache.remove(hash);
        }
        return tenant;
    }

    private void makeRoom(long now) {
        if (cache.size() < CACHED_AT_MOST) {
            return;
        }
        cache.values().removeIf(known -> known.until() - now <= 0);
        Iterator<ByteBuffer> keys = cache.keySet().iterator();
        while (cache.size() >= CACHED_AT_MOST && keys.hasNext()) {
            keys.next();
            keys.remove();
        }
    }
}
