package io.oqim.merchant;

import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;
import io.oqim.config.ServerConfig;
import io.oqim.crypto.Hashes;
import io.oqim.crypto.SignatureRoom;
import io.oqim.http.ClientAddress;
import io.oqim.http.Problem;
import io.oqim.http.Refusal;
import io.oqim.http.RequestMessage;
import io.oqim.http.Seal;
import io.oqim.observe.Scope;
import io.oqim.store.Database;
import io.oqim.store.StoreException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds the tenant of an {@code Authorization: Bearer} header.
 *
 * <p>A key that was found is trusted for {@code server.key-cache} without asking again; a
 * revocation so takes effect in every process within that time, without any process telling
 * another. What was not found is not remembered: nobody fills the cache by guessing. Wrong, revoked
 * and malformed keys are told apart by nothing in the answer.
 */
public final class Authentication {
    private static final Logger LOG = LoggerFactory.getLogger(Authentication.class);

    private final KeyStore store;
    private final SignatureKeyStore signatureKeys;
    private final RequestSignatures requests;
    private final AnswerSignatures answers;
    private final ClientAddress addresses;
    private final Semaphore writing = new Semaphore(1);
    private final ServerConfig config;
    private final RateLimits limits;
    private final Map<ByteBuffer, Known> cache = new ConcurrentHashMap<>();

    private final ReentrantLock[] locks = new ReentrantLock[256];

    /**
     * What is trusted for a while.
     *
     * @param signers with what its tenant signs requests
     */
    private record Known(KeyStore.Found key, List<SignatureKey> signers, long until) {}

    /** What signatures are made and checked with. */
    public record Signatures(SignatureRoom room, Hashes hashes) {}

    /**
     * Who calls: a tenant, by one of its keys.
     *
     * @param presented what he has shown
     */
    public record Caller(Tenant tenant, UUID key, Presented presented) {
        /** A key as it came, and from where. */
        public record Presented(Optional<String> authorization, InetAddress from) {
            @Override
            public String toString() {
                return "[REDACTED]";
            }
        }
    }

    public Authentication(
            Database database, ServerConfig config, RateLimits limits, Signatures with) {
        this.limits = limits;
        this.store = new KeyStore(database);
        this.signatureKeys = new SignatureKeyStore(database);
        this.requests = new RequestSignatures(with.room(), with.hashes(), config);
        this.answers = new AnswerSignatures(with.room(), with.hashes());
        this.config = config;
        this.addresses = new ClientAddress(config.trustedProxies());
        Arrays.setAll(locks, i -> new ReentrantLock());
    }

    /**
     * Whose request this is; from here on, it is counted, and its answer signed if it asks for
     * that.
     *
     * @param needed what its key has to be good for
     * @throws Refusal 401 {@code unauthenticated}, {@code invalid_signature} and {@code
     *     signature_required}, 400 {@code invalid_accept_signature}, 403 {@code
     *     address_not_allowed} and {@code missing_scope}, 429 {@code rate_limited}
     */
    public Tenant tenant(ServerRequest request, KeyScope needed) {
        return enter(request, needed).tenant();
    }

    /**
     * The same, and by which key, from where.
     *
     * @throws Refusal as {@link #tenant} does
     */
    public Caller enter(ServerRequest request, KeyScope needed) {
        Caller.Presented presented =
                new Caller.Presented(
                        request.headers().first(HeaderNames.AUTHORIZATION), addresses.of(request));
        Known known = known(presented);
        RequestMessage message = new RequestMessage(request);
        check(known.key(), presented.from(), needed);
        answers.wanted(message, known.signers()).ifPresent(Seal::use);
        message.expectDigestOfNothing();
        boolean signed = requests.check(message, known.signers());
        if (!signed && known.key().tenant().policy().requireSignatures()) {
            throw new Refusal(
                    Problem.of(
                                    401,
                                    "signature_required",
                                    "This merchant's requests have to be signed (RFC 9421).")
                            .about("Signature"));
        }
        return new Caller(known.key().tenant(), known.key().key(), presented);
    }

    /**
     * The same caller as he is now, who asks for more on the same connection; counted too.
     *
     * @throws Refusal as {@link #tenant} does, but for signatures
     */
    public Tenant again(Caller caller, KeyScope needed) {
        KeyStore.Found key = known(caller.presented()).key();
        check(key, caller.presented().from(), needed);
        return key.tenant();
    }

    private void check(KeyStore.Found key, InetAddress from, KeyScope needed) {
        if (!key.terms().allows(from)) {
            throw new Refusal(
                    Problem.of(
                            403,
                            "address_not_allowed",
                            "This key may not be used from this address."));
        }
        limits.count(key.tenant());
        if (!key.terms().scopes().contains(needed)) {
            throw needed.missing();
        }
    }

    /** With what answers are signed. */
    AnswerSignatures answers() {
        return answers;
    }

    /** Where a stream may be open by a key. */
    public interface Terms {
        boolean allow(InetAddress address);
    }

    /**
     * Those of these keys by which a stream may be open, and from where. Blocks on the database.
     */
    public Map<UUID, Terms> streaming(Collection<UUID> keys) {
        Map<UUID, Terms> good = new HashMap<>();
        store.good(keys)
                .forEach(
                        (key, terms) -> {
                            if (terms.scopes().contains(KeyScope.READ)) {
                                good.put(key, terms::allows);
                            }
                        });
        return good;
    }

    /** The key that somebody presents, once it is found to be good. */
    private Known known(Caller.Presented presented) {
        Known known =
                presented
                        .authorization()
                        .filter(
                                header ->
                                        header.length() < 256
                                                && header.regionMatches(true, 0, "Bearer ", 0, 7))
                        .map(header -> header.substring(7).strip())
                        .flatMap(ApiKey::parse)
                        .flatMap(key -> known(key, presented.from()))
                        .orElseThrow(() -> new Refusal(Problem.unauthenticated()));
        Scope.current().of(known.key().tenant().id());
        return known;
    }

    /** Who has a key that is good, as the database said within the time of trust. */
    private Optional<Known> known(ApiKey key, InetAddress from) {
        ByteBuffer hash = ByteBuffer.wrap(key.hash());
        Known known = cache.get(hash);
        if (known != null && known.until() - System.nanoTime() > 0) {
            return Optional.of(known);
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
                return Optional.of(known);
            }
            return ask(hash, key, from);
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

    private Optional<Known> ask(ByteBuffer hash, ApiKey key, InetAddress from) {
        long now = System.nanoTime();
        Optional<KeyStore.Found> found = store.find(key.hash(), config.keyUse());
        if (found.isEmpty()) {
            cache.remove(hash);
            return Optional.empty();
        }
        Known known =
                new Known(
                        found.get(),
                        signatureKeys.good(found.get().tenant().id()),
                        now + config.keyCache().toNanos());
        makeRoom(now);
        cache.put(hash, known);
        if (found.get().lastUse()) {
            writeDown(found.get(), from);
        }
        return Optional.of(known);
    }

    /** Its last use. Nobody waits for that, and when one is being written, others are later. */
    private void writeDown(KeyStore.Found key, InetAddress from) {
        if (!writing.tryAcquire()) {
            return;
        }
        Thread.ofVirtual()
                .name("key-use")
                .start(
                        () -> {
                            try {
                                store.used(key, from, config.keyUse());
                            } catch (StoreException e) {
                                LOG.warn("a key's last use is not written down", e);
                            } finally {
                                writing.release();
                            }
                        });
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
