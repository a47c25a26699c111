package io.oqim.bench;

import io.oqim.config.OqimConfig;
import io.oqim.dev.LocalPostgres;
import io.oqim.dev.LocalRedis;
import io.oqim.dev.OqimProcess;
import io.oqim.merchant.Merchants;
import io.oqim.merchant.Mode;
import io.oqim.store.Database;
import io.oqim.store.Migrations;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Properties;
import java.util.UUID;

/** What an Oqim needs: PostgreSQL, Redis, tenants with keys. */
final class Stand implements AutoCloseable {
    private static final Path HOME = Path.of("target", "bench");
    private static final String KEPT = "bench_as_it_was";
    private static final int LOG_FILES = 128;

    private final LocalPostgres postgres;
    private final LocalRedis redis;
    private final Map<String, String> settings = new LinkedHashMap<>();

    /** Somebody who has streams. */
    record Tenant(long id, String key) {}

    Stand(Map<String, String> overrides) throws IOException {
        Files.createDirectories(HOME);
        // A line for each request comes to gigabytes over a few runs.
        try (var old = Files.newDirectoryStream(HOME, "*.log")) {
            old.forEach(Stand::delete);
        }
        postgres = LocalPostgres.start(HOME.resolve("postgres-" + ProcessHandle.current().pid()));
        // Also when the bench fails or is told to end.
        Runtime.getRuntime().addShutdownHook(new Thread(this::stop));
        asAfterDays(postgres);
        redis = LocalRedis.start();
        settings.put("database.url", postgres.database("bench"));
        settings.put("database.password", LocalPostgres.PASSWORD);
        settings.put("database.migrate-password", LocalPostgres.PASSWORD);
        settings.put("redis.url", redis.url());
        settings.put("host", "127.0.0.1");
        settings.put("port", Integer.toString(LocalRedis.freePort()));
        settings.put("management-port", "0");
        settings.put("server.notice", "0s");
        settings.put("server.warm-up", "0s");
        settings.put("limits.requests-per-second", "100000");
        settings.put("admin-key", "an-admin-key-for-benches-only");
        settings.put("crypto.key", "a-crypto-key-for-benches-of-32-chars");
        settings.put("vault.keys", "local:a2tra2tra2tra2tra2tra2tra2tra2tra2tra2tra2s=");
        // Nobody pays here, so nobody listens there.
        settings.put("banks.alpha.url", "http://127.0.0.1:9/alpha");
        settings.put("banks.alpha.key", "a-bank-key-for-benches-only");
        settings.putAll(overrides);
        Migrations.run(config().database());
    }

    /**
     * A server that has run for a while writes its log into files that are there already. A new one
     * fills each with zeros first, 16 MiB while everybody waits.
     */
    private static void asAfterDays(LocalPostgres postgres) {
        postgres.admin("postgres", "ALTER SYSTEM SET max_wal_size = '4GB'");
        postgres.admin("postgres", "ALTER SYSTEM SET min_wal_size = '2GB'");
        postgres.admin("postgres", "SELECT pg_reload_conf()");
        for (int i = 0; i < LOG_FILES; i++) {
            postgres.admin(
                    "postgres",
                    "SELECT pg_logical_emit_message(true, 'bench', ''), pg_switch_wal()");
        }
        postgres.admin("postgres", "CHECKPOINT");
    }

    OqimConfig config() {
        Properties properties = new Properties();
        settings.forEach((name, value) -> properties.setProperty("oqim." + name, value));
        return OqimConfig.load(Map.of(), properties);
    }

    LocalPostgres postgres() {
        return postgres;
    }

    List<Tenant> tenants(int count) {
        return tenants(count, OptionalInt.of(0));
    }

    /**
     * @param cardLimit payments of one card; 0 for no limit
     */
    List<Tenant> tenants(int count, OptionalInt cardLimit) {
        List<Tenant> tenants = new ArrayList<>();
        try (Database database = new Database(config().database(), 1)) {
            Merchants merchants = new Merchants(database);
            for (int i = 0; i < count; i++) {
                UUID merchant = merchants.create("Bench " + i, cardLimit);
                String key = merchants.issue(merchant, Mode.TEST).secret();
                long id =
                        database.first(
                                        "SELECT tenant FROM tenant WHERE merchant = ? AND mode = 'test'",
                                        row -> row.getLong(1),
                                        merchant)
                                .orElseThrow();
                tenants.add(new Tenant(id, key));
            }
        }
        return tenants;
    }

    /** Starts Oqim as a process of its own, in this role; returns when it answers. */
    Served oqim(String role, List<String> jvm) throws IOException, InterruptedException {
        return oqim("Oqim", role, settings, jvm);
    }

    /** Keeps the database as it is now, for {@link #another}. To be called while it is free. */
    void keep() {
        copy("bench", KEPT);
    }

    private void copy(String from, String to) {
        postgres.admin("postgres", "CREATE DATABASE " + to + " TEMPLATE " + from);
    }

    /** One more Oqim, on a database of its own, as the first was when it was kept. */
    Served another(String name, Map<String, String> more, List<String> jvm)
            throws IOException, InterruptedException {
        String copy = name.replace('-', '_');
        Map<String, String> own = new LinkedHashMap<>(settings);
        copy(KEPT, copy);
        own.put("database.url", postgres.url(copy));
        own.put("port", Integer.toString(LocalRedis.freePort()));
        own.putAll(more);
        return oqim(name, "all", own, jvm);
    }

    /**
     * Starts the gateway alone, from the jar; returns at once.
     *
     * @param management the port that tells when it is ready
     */
    Served gatewayFromJar(int management, List<String> jvm) throws IOException {
        Map<String, String> own = new LinkedHashMap<>(settings);
        int port = LocalRedis.freePort();
        own.put("port", Integer.toString(port));
        own.put("management-port", Integer.toString(management));
        Path log = HOME.resolve("start.log");
        Process process = OqimProcess.startJar("gateway", environment(own), jvm, log);
        return new Served("gateway", process, port);
    }

    private static Served oqim(
            String name, String role, Map<String, String> settings, List<String> jvm)
            throws IOException, InterruptedException {
        Path log = HOME.resolve(name + ".log");
        Process process = OqimProcess.start(role, environment(settings), jvm, log);
        int port = Integer.parseInt(settings.get("port"));
        return Served.answering(name, process, port, log);
    }

    private static Map<String, String> environment(Map<String, String> settings) {
        Map<String, String> environment = new LinkedHashMap<>();
        settings.forEach(
                (setting, value) ->
                        environment.put(
                                "OQIM_"
                                        + setting.replace('.', '_')
                                                .replace('-', '_')
                                                .toUpperCase(Locale.ROOT),
                                value));
        return environment;
    }

    /** A stream of all that is to come in a log that ends at {@code head}. */
    static Swarm.Target target(Served oqim, Tenant tenant, int number, long head) {
        return new Swarm.Target(
                oqim.port(),
                "/v1/stream?after=" + head,
                "Authorization: Bearer " + tenant.key() + "\r\n",
                number);
    }

    LocalRedis redis() {
        return redis;
    }

    private void stop() {
        try {
            postgres.close();
            Path data = postgres.data();
            try (var files = Files.walk(data)) {
                files.sorted(Comparator.reverseOrder()).forEach(Stand::delete);
            }
        } catch (IOException e) {
            System.err.println("not cleaned up: " + e);
        }
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            System.err.println("not deleted: " + e);
        }
    }

    @Override
    public void close() throws IOException {
        redis.close();
    }
}
