package io.oqim.bench;

import io.oqim.dev.LocalPostgres;
import io.oqim.dev.LocalRedis;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Starts the servers that are compared, each with a database of its own on the same PostgreSQL. */
final class Contenders {
    private static final Path HOME = Path.of("target", "bench");
    private static final Path PEERS = Path.of("bench", "peers");
    private static final String POOL = "20";

    private final Stand stand;
    private final List<Stand.Tenant> tenants;
    private final String bankUrl;
    private final List<String> jvm;

    Contenders(Stand stand, List<Stand.Tenant> tenants, String bankUrl, List<String> jvm) {
        this.stand = stand;
        this.tenants = tenants;
        this.bankUrl = bankUrl;
        this.jvm = jvm;
    }

    /** Returns when it answers. */
    Served start(String name) throws IOException, InterruptedException, SQLException {
        return switch (name) {
            case "oqim" -> stand.oqim("all", jvm);
            case "oqim-empty" -> stand.another(name, Map.of(), jvm);
            case "oqim-parallel" -> with(name, "-XX:+UseParallelGC");
            case "oqim-g1" -> with(name, "-XX:+UseG1GC");
            case "oqim-zgc" -> with(name, "-XX:+UseZGC");
            case "oqim-compact" -> with(name, "-XX:+UseCompactObjectHeaders");
            case "oqim-1-lane" -> stand.another(name, Map.of("journal.lanes", "1"), jvm);
            case "oqim-3-lanes" -> stand.another(name, Map.of("journal.lanes", "3"), jvm);
            case "oqim-200" -> onPlatformThreads(name, 200);
            case "oqim-2000" -> onPlatformThreads(name, 2000);
            case "vertx" ->
                    peer(
                            name,
                            java(
                                    "-cp",
                                    "target/vertx-peer.jar:target/lib/*",
                                    "io.oqim.bench.vertx.Main"));
            case "spring" -> peer(name, java("-jar", "target/spring-peer.jar"));
            case "aiohttp" -> peer(name, List.of("/usr/bin/python3", "-B", "server.py"));
            default -> throw new IllegalArgumentException("no such peer: " + name);
        };
    }

    private Served with(String name, String option) throws IOException, InterruptedException {
        List<String> options = new ArrayList<>(jvm);
        if (option.endsWith("GC")) {
            options.removeIf(given -> given.matches("-XX:\\+Use\\w*GC"));
        }
        options.add(option);
        return stand.another(name, Map.of(), options);
    }

    /** The same Oqim, but each of its threads is one of the operating system. */
    private Served onPlatformThreads(String name, int most)
            throws IOException, InterruptedException {
        List<String> options = new ArrayList<>(jvm);
        options.addAll(List.of("-XX:+UnlockExperimentalVMOptions", "-XX:-VMContinuations"));
        return stand.another(name, Map.of("server.max-in-flight", Integer.toString(most)), options);
    }

    private List<String> java(String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(jvm);
        command.add("--enable-native-access=ALL-UNNAMED");
        command.add("--sun-misc-unsafe-memory-access=allow");
        command.addAll(List.of(arguments));
        return command;
    }

    private Served peer(String name, List<String> command)
            throws IOException, InterruptedException, SQLException {
        prepare("peer_" + name);
        int port = LocalRedis.freePort();
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.directory(PEERS.resolve(name).toFile());
        builder.environment()
                .putAll(
                        Map.of(
                                "PORT",
                                Integer.toString(port),
                                "PG_HOST",
                                "127.0.0.1",
                                "PG_PORT",
                                Integer.toString(stand.postgres().port()),
                                "PG_DATABASE",
                                "peer_" + name,
                                "PG_USER",
                                LocalPostgres.MIGRATE_ROLE,
                                "PG_PASSWORD",
                                LocalPostgres.PASSWORD,
                                "PG_POOL",
                                POOL,
                                "REDIS_PORT",
                                Integer.toString(URI.create(stand.redis().url()).getPort()),
                                "BANK_URL",
                                bankUrl,
                                "CRYPTO_KEY",
                                "a-crypto-key-for-benches-of-32-chars"));
        Path log = HOME.resolve(name + ".log");
        Process process =
                builder.redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                        .start();
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroy));
        return Served.answering(name, process, port, log);
    }

    /** No server, but what the database alone can do. */
    Floor floor() throws IOException, SQLException {
        prepare("peer_floor");
        return new Floor(stand.postgres().port(), "peer_floor");
    }

    /** The tables of a peer, with the keys of all tenants. */
    private void prepare(String database) throws IOException, SQLException {
        String url = stand.postgres().database(database);
        try (Connection connection =
                        DriverManager.getConnection(
                                url, LocalPostgres.MIGRATE_ROLE, LocalPostgres.PASSWORD);
                Statement statement = connection.createStatement()) {
            boolean ignored = statement.execute(Files.readString(PEERS.resolve("schema.sql")));
            try (PreparedStatement key =
                    connection.prepareStatement("INSERT INTO api_key VALUES (?, ?)")) {
                for (Stand.Tenant tenant : tenants) {
                    key.setString(1, tenant.key());
                    key.setLong(2, tenant.id());
                    key.addBatch();
                }
                var counts = key.executeBatch();
                if (counts.length != tenants.size()) {
                    throw new SQLException("not all keys were written");
                }
            }
        }
    }
}
