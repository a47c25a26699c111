package io.oqim.merchant;

import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;
import io.oqim.config.ServerConfig;
import io.oqim.crypto.CryptoPool;
import io.oqim.crypto.Hashes;
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
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
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
     * @param signers with what its tenant signs requests; looked for when one is signed
     */
    private record Known(
            KeyStore.Found key, AtomicReference<List<SignatureKey>> signers, long until) {}

    /** What signatures are made and checked with. */
    public record Signatures(CryptoPool pool, Hashes hashes) {}

    /** Who calls: a tenant, by one of its keys. */
    public record Caller(Tenant tenant, UUID key) {}

    public Authentication(
            Database database, ServerConfig config, RateLimits limits, Signatures with) {
        this.limits = limits;
        this.store = new KeyStore(database);
        this.signatureKeys = new SignatureKeyStore(database);
        this.requests = new RequestSignatures(with.pool(), with.hashes(), config);
        this.answers = new AnswerSignatures(with.pool(), with.hashes());
        this.config = config;
        this.addresses = new ClientAddress(config.trustedProxies());
        Arrays.setAll(locks, i -> new ReentrantLock());
    }

    /**
     * Whose request this is; from here on, it is counted.
     *
     * @throws Refusal 401 {@code unauthenticated}, {@code signature_required} and {@code
     *     invalid_signature}, 403 {@code address_not_allowed} and {@code missing_scope}, 429 {@code
     *     rate_limited}
     */
    public Tenant tenant(ServerRequest request) {
        return caller(request).tenant();
    }

    /**
     * The same, and by which key.
     *
     * @throws Refusal as {@link #tenant} does
     */
    public Caller caller(ServerRequest request) {
        return holder(request)
                .enters(
                        KeyScope.needed(
                                request.prologue().method().text(), request.path().rawPath()));
    }

    /** Whoever sends this request, for what he asks later on the same connection. */
    public Holder holder(ServerRequest request) {
        return new Holder(
                request.headers().first(HeaderNames.AUTHORIZATION),
                addresses.of(request),
                new RequestMessage(request));
    }

    /** With what answers are signed. */
    AnswerSignatures answers() {
        return answers;
    }

    /** Who has a key, at an address. */
    public final class Holder {
        private final Optional<String> authorization;
        private final InetAddress address;
        private final RequestMessage request;

        private Holder(
                Optional<String> authorization, InetAddress address, RequestMessage request) {
            this.authorization = authorization;
            this.address = address;
            this.request = request;
        }

        /** Whether he has sent a key at all. */
        public boolean isNamed() {
            return authorization.isPresent();
        }

        /**
         * Asks for something with the request itself; counted, whatever comes of it. From here on,
         * its answer is signed if it asks for that.
         *
         * @throws Refusal as {@link Authentication#tenant} does
         */
        public Caller enters(KeyScope needed) {
            Known known = found(needed);
            Tenant tenant = known.key().tenant();
            Supplier<List<SignatureKey>> keys = () -> signers(known);
            answers.wanted(request, keys).ifPresent(Seal::use);
            Optional<String> signed = requests.check(request, request.hasBody(), keys);
            if (signed.isEmpty() && tenant.policy().requireSignatures()) {
                throw new Refusal(
                        Problem.of(
                                        401,
                                        "signature_required",
                                        "This merchant's requests have to be signed (RFC 9421).")
                                .about("Signature"));
            }
            return new Caller(tenant, known.key().key());
        }

        /**
         * Asks for more later, on the same connection; counted too.
         *
         * @throws Refusal as {@link Authentication#tenant} does, but for signatures
         */
        public Caller asks(KeyScope needed) {
            KeyStore.Found key = found(needed).key();
            return new Caller(key.tenant(), key.key());
        }

        private Known found(KeyScope needed) {
            Known known =
                    authorization
                            .filter(
                                    header ->
                                            header.length() < 256
                                                    && header.regionMatches(
                                                            true, 0, "Bearer ", 0, 7))
                            .map(header -> header.substring(7).strip())
                            .flatMap(ApiKey::parse)
                            .flatMap(parsed -> known(parsed, address))
                            .orElseThrow(() -> new Refusal(Problem.unauthenticated()));
            KeyStore.Found key = known.key();
            Scope.current().of(key.tenant().id());
            if (!key.terms().allows(address)) {
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
            return known;
        }
    }

    /** With what the tenant signs its requests, as the database said within the time of trust. */
    private List<SignatureKey> signers(Known known) {
        List<SignatureKey> signers = known.signers().get();
        if (signers == null) {
            signers = signatureKeys.good(known.key().tenant().id());
            known.signers().set(signers);
        }
        return signers;
    }

    /** Those of these keys that must not be used any more. Blocks on the database. */
    public Set<UUID> ended(Collection<UUID> keys) {
        return store.ended(keys);
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
                new Known(found.get(), new AtomicReference<>(), now + config.keyCache().toNanos());
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
