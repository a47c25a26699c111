package io.oqim.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.oqim.config.LimitsConfig;
import io.oqim.config.OqimConfig;
import io.oqim.config.Settings;
import io.oqim.dev.LocalRedis;
import io.oqim.testing.Authority;
import io.oqim.testing.Signal;
import io.oqim.testing.Soon;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Redis in each of the ways in which it is run: the same calls, and it comes back by itself. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RedisIT {
    private static final int BUCKET = 60;
    private static final AtomicInteger KEYS = new AtomicInteger();

    @TempDir private Path folder;

    private final MeterRegistry registry = new SimpleMeterRegistry();

    @Test
    void oneServerIsUsedAndUsedAgainAfterItsEnd() throws Exception {
        try (LocalRedis server = LocalRedis.start();
                Redis redis = redis(server.url())) {
            countsAndTells(redis);
            server.stop();
            Soon.until("it is missed", () -> !redis.connected());
            assertThat(redis.countSliding("m", limited("k"), Duration.ofMinutes(1))).isEmpty();
            server.restart();
            countsAndTells(redis);
        }
    }

    @Test
    void theWindowSlidesAndDoesNotBeginAnew() throws Exception {
        Duration window = Duration.ofMillis(2_400);
        try (LocalRedis server = LocalRedis.start();
                Redis redis = redis(server.url())) {
            long began = System.nanoTime();
            assertThat(redis.countSliding("a", limited("k", "other"), window))
                    .contains(List.of(1L, 1L));
            Soon.until(
                    "half of the window is over",
                    () -> System.nanoTime() - began > window.toNanos() / 2);

            assertThat(redis.countSliding("b", limited("k"), window)).contains(List.of(2L));

            // The first one is too old before the second one is, and nothing else is added.
            Soon.until(
                    "the first one is over",
                    () ->
                            redis.countSliding("b", limited("k"), window)
                                    .equals(Optional.of(List.of(1L))));
            assertThat(System.nanoTime() - began).isLessThan(window.toNanos() * 3 / 2);
        }
    }

    @Test
    void whatOneLimitRefusesIsCountedUnderNone() throws Exception {
        Duration window = Duration.ofMinutes(1);
        List<Redis.Limited> both =
                List.of(new Redis.Limited("card", 2), new Redis.Limited("bin", 100));
        try (LocalRedis server = LocalRedis.start();
                Redis redis = redis(server.url())) {
            assertThat(redis.countSliding("a", both, window)).contains(List.of(1L, 1L));
            assertThat(redis.countSliding("b", both, window)).contains(List.of(2L, 2L));

            assertThat(redis.countSliding("c", both, window)).contains(List.of(3L, 3L));

            assertThat(redis.countSliding("d", both, window)).contains(List.of(3L, 3L));
            assertThat(redis.countSliding("b", both, window)).contains(List.of(2L, 2L));
            assertThat(redis.countSliding("e", limited("bin"), window)).contains(List.of(3L));
        }
    }

    @Test
    void aClusterIsUsedWhicheverServerHasTheKeyAndWhenOneOfThemEnds() throws Exception {
        List<LocalRedis> servers = LocalRedis.cluster(folder);
        try (Redis redis = redis(LocalRedis.clusterUrl(servers))) {
            countsAndTells(redis);
            for (LocalRedis server : servers) {
                assertThat(server.keys()).isPositive();
            }
            for (LocalRedis server : servers) {
                server.stop();
                // Each of them in turn, so also the one that the subscription is at.
                tells(redis);
                server.restart();
            }
        } finally {
            servers.forEach(LocalRedis::close);
        }
    }

    @Test
    void theMasterThatSentinelsNameIsUsedAndAfterAFailoverTheNextOne() throws Exception {
        LocalRedis master = LocalRedis.start();
        try (LocalRedis replica =
                        LocalRedis.start(
                                LocalRedis.freePort(),
                                List.of("--replicaof", "127.0.0.1", master.port() + ""));
                LocalRedis sentinel = LocalRedis.sentinel(folder, "main", master.port())) {
            Soon.until(
                    "the sentinel knows the replica",
                    () -> !sentinel.askSentinel(asked -> asked.replicas("main")).isEmpty());
            try (Redis redis = redis("redis-sentinel://127.0.0.1:" + sentinel.port() + "#main")) {
                countsAndTells(redis);
                master.stop();
                countsAndTells(redis);
                assertThat(replica.keys()).isPositive();
            }
        } finally {
            master.close();
        }
    }

    @Test
    void aServerBehindTlsIsTrustedByItsAuthorityAndKnowsUsByOurCertificate() throws Exception {
        Authority authority = new Authority(folder);
        Authority.Issued server = authority.issue("localhost");
        Authority.Issued own = authority.issue("oqim.example");
        int port = LocalRedis.freePort();
        try (LocalRedis secured =
                        LocalRedis.start(
                                port,
                                List.of(
                                        "--tls-port",
                                        Integer.toString(port),
                                        "--port",
                                        "0",
                                        "--tls-cert-file",
                                        server.certificate().toString(),
                                        "--tls-key-file",
                                        server.key().toString(),
                                        "--tls-ca-cert-file",
                                        authority.root().toString()));
                Redis known =
                        redis(
                                "rediss://localhost:" + port,
                                "tls-ca",
                                authority.root().toString(),
                                "tls-certificate",
                                own.certificate().toString(),
                                "tls-key",
                                own.key().toString());
                Redis unknown =
                        redis("rediss://localhost:" + port, "tls-ca", authority.root().toString());
                Redis untrusting = redis("rediss://localhost:" + port)) {
            assertThat(secured.process().isAlive()).isTrue();
            countsAndTells(known);
            assertThat(unknown.countSliding("m", limited("k"), Duration.ofMinutes(1))).isEmpty();
            assertThat(untrusting.countSliding("m", limited("k"), Duration.ofMinutes(1))).isEmpty();
        }
    }

    @Test
    void processesEmptyABucketTogetherAndEachByItselfWhileRedisIsAway() throws Exception {
        try (LocalRedis server = LocalRedis.start();
                Redis one = redis(server.url());
                Redis other = redis(server.url())) {
            Buckets first = new Buckets(one, limits());
            Buckets second = new Buckets(other, limits());

            assertThat(taken(first, "a")).isBetween(BUCKET, BUCKET + 5);
            assertEmptiedTogether(server.url(), first, second, "b");

            server.stop();
            Soon.until("it is missed", () -> !one.connected() && !other.connected());
            assertThat(taken(first, "c")).isBetween(BUCKET, BUCKET + 5);
            assertThat(taken(second, "c")).isBetween(BUCKET, BUCKET + 5);

            server.restart();
            Soon.until("it is back", () -> one.connected() && other.connected());
            Soon.until(
                    "they count together again",
                    () -> {
                        int ignored = taken(first, "d");
                        return !second.take("d", 1).granted();
                    });
        }
    }

    /** What one has taken, the other finds missing as soon as both have compared. */
    private void assertEmptiedTogether(String url, Buckets first, Buckets second, String name) {
        AtomicInteger taken = new AtomicInteger(taken(first, name));
        Soon.until(
                "both know",
                () -> {
                    // What they asked it is answered before another one has connected to it.
                    try (Redis another = redis(url)) {
                        Soon.until("it answers", another::connected);
                    }
                    int granted = granted(first, name) + granted(second, name);
                    taken.addAndGet(granted);
                    return granted == 0;
                });
        assertThat(taken.get()).isBetween(BUCKET, BUCKET + BUCKET / 2);
    }

    private static int granted(Buckets process, String name) {
        return process.take(name, 1).granted() ? 1 : 0;
    }

    @Test
    void aRedisThatStandsStillIsAskedOnceInAWhile() throws Exception {
        try (LocalRedis server = LocalRedis.start();
                Redis redis = redis(server.url())) {
            Buckets buckets = new Buckets(redis, limits());
            Signal.STOP.to(server.process());
            try {
                assertThat(taken(buckets, "a")).isBetween(BUCKET, BUCKET + 5);
                Soon.until("it is missed", () -> failures() > 0);
                double before = failures();
                for (int i = 0; i < 50; i++) {
                    assertThat(buckets.take("b" + i, 1).granted()).isTrue();
                }
                // Fifty of them, if each were asked for.
                assertThat(failures() - before).isLessThan(10);
            } finally {
                Signal.CONT.to(server.process());
            }
        }
    }

    /** Nobody is refused later for what he was given while nobody counted for all. */
    @Test
    void whatWasTakenWhileRedisWasAwayIsNoDebt() throws Exception {
        LimitsConfig many = new LimitsConfig(0, Duration.ofSeconds(1), Duration.ofMillis(1), 1_000);
        try (LocalRedis server = LocalRedis.start();
                Redis redis = redis(server.url())) {
            Buckets buckets = new Buckets(redis, many);
            server.stop();
            Soon.until("it is missed", () -> !redis.connected());
            for (String name : List.of("a", "b", "c")) {
                for (int i = 0; i < 5_000; i++) {
                    boolean ignored = buckets.take(name, 10_000).granted();
                }
            }
            server.restart();
            Soon.until("it is back", redis::connected);
            for (String name : List.of("a", "b", "c")) {
                Soon.until(
                        "it is counted there",
                        () -> buckets.take(name, 10_000).granted() && server.keys() > 0);
                assertThat(buckets.take(name, 10_000).left()).isPositive();
            }
        }
    }

    private double failures() {
        return registry.counter("oqim.redis.failures").count();
    }

    @Test
    void aClusterHasBucketsToo() throws Exception {
        List<LocalRedis> servers = LocalRedis.cluster(folder);
        try (Redis redis = redis(LocalRedis.clusterUrl(servers))) {
            Buckets buckets = new Buckets(redis, limits());
            Soon.until(
                    "each server has some of them",
                    () -> {
                        String name = "t" + KEYS.incrementAndGet();
                        return buckets.take(name, 1).granted()
                                && servers.stream().allMatch(server -> server.keys() > 0);
                    });
        } finally {
            servers.forEach(LocalRedis::close);
        }
    }

    /** Tokens until there are none. */
    private static int taken(Buckets process, String name) {
        int taken = 0;
        while (process.take(name, 1).granted()) {
            taken++;
        }
        return taken;
    }

    private static LimitsConfig limits() {
        return new LimitsConfig(0, Duration.ofSeconds(BUCKET), Duration.ofMillis(1), 1_000);
    }

    @Test
    void theUserThatTheManifestsMakeMayDoAllThatIsDone() throws Exception {
        String users =
                Files.readString(Path.of("k8s/components/external-secrets/secrets.yaml"))
                        .lines()
                        .map(String::strip)
                        .filter(line -> line.startsWith("user "))
                        .collect(Collectors.joining("\n"))
                        .replace("{{ .password }}", "secret");
        Path file = Files.writeString(folder.resolve("users.acl"), users + "\n");
        int port = LocalRedis.freePort();
        String url = "redis://oqim:secret@127.0.0.1:" + port;
        try (LocalRedis server = LocalRedis.start(port, List.of("--aclfile", file.toString()));
                Redis known = redis(url)) {
            countsAndTells(known);
            assertEmptiedTogether(
                    url, new Buckets(known, limits()), new Buckets(known, limits()), "a");
            assertThat(failures()).isZero();
            try (Redis unknown = redis(server.url())) {
                assertThat(unknown.countSliding("m", limited("k"), Duration.ofMinutes(1)))
                        .isEmpty();
            }
        }
    }

    private final Set<String> told = ConcurrentHashMap.newKeySet();

    private void countsAndTells(Redis redis) {
        for (int i = 0; i < 20; i++) {
            String key = "{" + KEYS.incrementAndGet() + "}";
            Soon.until(
                    Duration.ofSeconds(20),
                    "one is counted",
                    () -> counted(redis, key, "a").equals(Optional.of(List.of(1L))));
            assertThat(counted(redis, key, "b")).contains(List.of(2L));
            assertThat(counted(redis, key, "b")).contains(List.of(2L));
        }
        tells(redis);
    }

    private static List<Redis.Limited> limited(String... keys) {
        return Arrays.stream(keys).map(key -> new Redis.Limited(key, 1_000)).toList();
    }

    private static Optional<List<Long>> counted(Redis redis, String key, String once) {
        return redis.countSliding(key + once, limited(key), Duration.ofMinutes(1));
    }

    private void tells(Redis redis) {
        String word = "word " + KEYS.incrementAndGet();
        Soon.until(
                Duration.ofSeconds(20),
                "it is told",
                () -> {
                    redis.publish("news", word);
                    return told.contains(word);
                });
    }

    private Redis redis(String url, String... tls) {
        Map<String, String> values = new HashMap<>();
        values.put("admin-key", "an-admin-key-of-thirty-one-char");
        values.put("crypto.key", "a-crypto-key-of-at-least-thirty-two-characters");
        values.put("vault.keys", "local:a2tra2tra2tra2tra2tra2tra2tra2tra2tra2tra2s=");
        values.put("redis.url", url);
        values.put("redis.timeout", "400ms");
        values.put("redis.rest", "100ms");
        for (int i = 0; i < tls.length; i += 2) {
            values.put("redis." + tls[i], tls[i + 1]);
        }
        Redis redis = new Redis(OqimConfig.from(new Settings(values, Map.of())).redis(), registry);
        redis.subscribe("news", told::add);
        redis.start();
        redis.listen();
        return redis;
    }
}
