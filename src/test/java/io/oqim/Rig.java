package io.oqim;

import io.lettuce.core.api.sync.RedisServerCommands;
import io.oqim.config.OqimConfig;
import io.oqim.dev.LocalRedis;
import io.oqim.dev.PostgresServer;
import io.oqim.dev.RedisServer;
import io.oqim.merchant.Merchants;
import io.oqim.merchant.Mode;
import io.oqim.sandbox.Sandbox;
import io.oqim.sandbox.SandboxOptions;
import io.oqim.store.Database;
import io.oqim.store.Migrations;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Properties;
import java.util.UUID;
import org.slf4j.bridge.SLF4JBridgeHandler;

/**
 * Oqim as production runs it, in this JVM: the whole gateway on real ports, with the sandbox banks
 * over real sockets, a real PostgreSQL database of its own, and a real Redis. Waits are shortened
 * by config.
 */
final class Rig implements AutoCloseable {
    static final String ADMIN_KEY = "an-admin-key-for-tests-only";
    static final String BANK_KEY = "a-bank-key-for-tests-only";

    private final Map<String, String> settings = new LinkedHashMap<>();
    private final Path books;
    private final String databaseName;
    private final int sandboxPort;
    private final int port;
    private Sandbox sandbox;
    private Gateway gateway;
    private final UUID merchant;
    private final String key;

    private Rig(Map<String, String> overrides) {
        try {
            books =
                    Files.createTempDirectory(
                            Files.createDirectories(Path.of("target", "it")), "books");
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        sandboxPort = freePort();
        sandbox = startSandbox();
        databaseName = Parts.databaseName();
        put("database.url", Parts.postgres().database(databaseName));
        put("database.password", PostgresServer.PASSWORD);
        put("database.migrate-password", PostgresServer.PASSWORD);
        // Tenants are numbered anew in each database; what was counted for others must not count.
        String ignored = Parts.redis().ask(RedisServerCommands::flushall);
        put("redis.url", Parts.redis().url());
        port = freePort();
        put("port", Integer.toString(port));
        put("banks.callback-url", "http://127.0.0.1:" + port);
        put("host", "127.0.0.1");
        put("management-port", "0");
        // Tests share their cores with others; those of overload say what is too much.
        put("server.max-delay", "30s");
        put("admin-key", ADMIN_KEY);
        put("crypto.key", "a-crypto-key-for-tests-of-32-chars");
        put("vault.keys", "local:a2tra2tra2tra2tra2tra2tra2tra2tra2tra2tra2s=");
        put("banks.alpha.url", "http://127.0.0.1:" + sandboxPort + "/alpha");
        put("banks.alpha.key", BANK_KEY);
        put("banks.alpha.tokens", "true");
        put("banks.alpha.challenges", "true");
        put("banks.alpha.disputes", "true");
        put("banks.alpha.journal-url", "http://127.0.0.1:" + sandboxPort + "/journal");
        put("banks.deadline", "2s");
        put("banks.resolver-margin", "500ms");
        put("resolver.schedule", "100ms,200ms,500ms,1s");
        put("resolver.poll", "50ms");
        put("resolver.tombstone-after", "1s");
        put("resolver.reopened-for", "2s");
        put("server.key-cache", "200ms");
        put("server.notice", "0s");
        put("server.unreadable-pause", "1ms");
        put("server.warm-up", "0s");
        // Counted as ever, but one tenant makes the requests of many.
        put("limits.requests-per-second", "100000");
        put("server.drain", "5s");
        put("stream.head-poll", "200ms");
        overrides.forEach(this::put);
        Migrations.run(config().database());
        gateway = Gateway.start(config(), Role.ALL);
        try (Database database = new Database(config().database(), 1)) {
            Merchants merchants = new Merchants(database);
            merchant = merchants.create("Rig", OptionalInt.of(0));
            key = merchants.issue(merchant, Mode.TEST).secret();
        }
    }

    static Rig start() {
        return start(Map.of());
    }

    /**
     * @param overrides settings by dotted key
     */
    static Rig start(Map<String, String> overrides) {
        SLF4JBridgeHandler.removeHandlersForRootLogger();
        SLF4JBridgeHandler.install();
        return new Rig(overrides);
    }

    static int freePort() {
        try {
            return LocalRedis.freePort();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private void put(String key, String value) {
        settings.put(key, value);
    }

    /** Another process of the same Oqim: same database, Redis and banks, ports of its own. */
    final class Neighbour implements AutoCloseable {
        private final Gateway process;

        private Neighbour(Role role, Map<String, String> overrides) {
            Map<String, String> own = new LinkedHashMap<>(Map.of("port", "0"));
            own.putAll(overrides);
            process = Gateway.start(config(own), role);
        }

        Api api() {
            return new Api("http://127.0.0.1:" + process.port(), key);
        }

        Api api(String otherKey) {
            return new Api("http://127.0.0.1:" + process.port(), otherKey);
        }

        int port() {
            return process.port();
        }

        Api management() {
            return new Api("http://127.0.0.1:" + process.managementPort(), ADMIN_KEY);
        }

        @Override
        public void close() {
            process.close();
        }
    }

    String bankUrl(String bank) {
        return "http://127.0.0.1:" + sandboxPort + "/" + bank;
    }

    /** Settings with a bank at which nobody listens before one that works. */
    Map<String, String> twoBanksFirstUnreachable() {
        return Map.of(
                "banks.alpha.url",
                "http://127.0.0.1:" + freePort() + "/alpha",
                "banks.beta.url",
                bankUrl("beta"),
                "banks.beta.key",
                BANK_KEY,
                "banks.breaker-volume",
                "3",
                "banks.breaker-delay",
                "1m");
    }

    Neighbour neighbour(Role role, Map<String, String> overrides) {
        return new Neighbour(role, overrides);
    }

    OqimConfig config() {
        return config(Map.of());
    }

    OqimConfig config(Map<String, String> overrides) {
        Map<String, String> from = new LinkedHashMap<>(settings);
        from.putAll(overrides);
        Properties properties = new Properties();
        from.forEach((name, value) -> properties.setProperty("oqim." + name, value));
        return OqimConfig.load(Map.of("OQIM_CONFIG", emptyFile()), properties);
    }

    private String emptyFile() {
        try {
            Path file = books.resolve("empty.yaml");
            if (!Files.exists(file)) {
                Files.writeString(file, "{}\n");
            }
            return file.toString();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The settings as environment variables, for processes. */
    Map<String, String> environment() {
        Map<String, String> environment = new LinkedHashMap<>();
        settings.forEach(
                (name, value) ->
                        environment.put(
                                "OQIM_"
                                        + name.replace('.', '_')
                                                .replace('-', '_')
                                                .toUpperCase(java.util.Locale.ROOT),
                                value));
        return environment;
    }

    /** Ends the gateway in this JVM, as SIGTERM would. */
    void stopGateway() {
        gateway.close();
    }

    void startGateway() {
        startGateway(Map.of());
    }

    void startGateway(Map<String, String> overrides) {
        gateway = Gateway.start(config(overrides), Role.ALL);
    }

    void stopSandbox() {
        sandbox.close();
    }

    void restartSandbox() {
        sandbox = startSandbox();
    }

    private Sandbox startSandbox() {
        return Sandbox.start(
                new SandboxOptions(
                        "127.0.0.1",
                        sandboxPort,
                        books.resolve("sandbox"),
                        BANK_KEY,
                        List.of("alpha", "beta"),
                        1,
                        Duration.ofMillis(2),
                        Duration.ofMillis(5)));
    }

    Api api() {
        return new Api("http://127.0.0.1:" + port, key);
    }

    Api api(String otherKey) {
        return new Api("http://127.0.0.1:" + port, otherKey);
    }

    Api admin() {
        return new Api("http://127.0.0.1:" + gateway.managementPort(), ADMIN_KEY);
    }

    Bank bank() {
        return new Bank("http://127.0.0.1:" + sandboxPort);
    }

    RedisServer redis() {
        return Parts.redis();
    }

    PostgresServer postgres() {
        return Parts.postgres();
    }

    /** What it was started with. */
    String setting(String key) {
        return java.util.Objects.requireNonNull(settings.get(key));
    }

    String databaseName() {
        return databaseName;
    }

    /** Where the banks keep their books. */
    Path books() {
        return books;
    }

    int port() {
        return port;
    }

    UUID merchant() {
        return merchant;
    }

    String key() {
        return key;
    }

    /** A database connection pool of the role that runs. */
    Database database() {
        return new Database(config().database(), 1);
    }

    /** Another merchant, with a test key. */
    record Other(UUID merchant, Api api) {
        long tenant(Database database) {
            return database.first(
                            "SELECT tenant FROM tenant WHERE merchant = ? AND mode = 'test'",
                            row -> row.getLong(1),
                            merchant)
                    .orElseThrow();
        }
    }

    Other otherMerchant() {
        return otherMerchant(OptionalInt.of(0));
    }

    Other otherMerchant(OptionalInt cardLimit) {
        try (Database database = database()) {
            Merchants merchants = new Merchants(database);
            UUID other = merchants.create("Other", cardLimit);
            return new Other(other, api(merchants.issue(other, Mode.TEST).secret()));
        }
    }

    void revokeKeys(Other other) {
        try (Database database = database()) {
            Merchants merchants = new Merchants(database);
            database.query(
                            "SELECT k.key FROM api_key k JOIN tenant t USING (tenant) WHERE t.merchant = ?",
                            row -> row.getObject(1, UUID.class),
                            other.merchant())
                    .forEach(key -> merchants.revoke(other.merchant(), key));
        }
    }

    String liveKey() {
        try (Database database = database()) {
            return new Merchants(database).issue(merchant, Mode.LIVE).secret();
        }
    }

    @Override
    public void close() {
        gateway.close();
        sandbox.close();
    }
}
