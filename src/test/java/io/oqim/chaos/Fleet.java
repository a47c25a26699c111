package io.oqim.chaos;

import io.oqim.config.OqimConfig;
import io.oqim.dev.LocalPostgres;
import io.oqim.dev.LocalRedis;
import io.oqim.dev.OqimProcess;
import io.oqim.merchant.Merchants;
import io.oqim.merchant.Mode;
import io.oqim.store.Database;
import io.oqim.store.Migrations;
import io.oqim.testing.Wire;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Properties;
import java.util.UUID;

/**
 * A whole Oqim as processes on this machine: gateways, workers, streams and a bank, a cluster of
 * three Redis, a PostgreSQL with a synchronous standby. Each gateway has wires of its own to both
 * PostgreSQL servers, and is known by name on the wires to Redis.
 */
final class Fleet implements AutoCloseable {
    private static final String DATABASE = "oqim";
    private static final String BANK_KEY = "a-bank-key-for-chaos-only";

    private final Path folder;
    private final List<AutoCloseable> opened = new ArrayList<>();
    private final List<Wire> redisWires = new ArrayList<>();
    private final Map<Node, List<Wire>> postgresWires = new LinkedHashMap<>();
    private final Map<String, String> shared = new LinkedHashMap<>();
    private final List<LocalRedis> redis;
    private final Node bank;
    private final List<Node> gateways = new ArrayList<>();
    private final List<Node> workers = new ArrayList<>();
    private final List<Node> streams = new ArrayList<>();
    private final int[] postgresPorts = new int[2];
    private LocalPostgres primary;
    private LocalPostgres standby;
    private int standbys;

    /** How many of each. */
    record Size(int gateways, int workers, int streams) {}

    Fleet(Path folder, Size size) throws IOException {
        this.folder = Files.createDirectories(folder);
        primary = LocalPostgres.start(folder.resolve("postgres-0"));
        String url = primary.database(DATABASE);
        opened.add(() -> primary.close());
        postgresPorts[0] = primary.port();
        postgresPorts[1] = LocalRedis.freePort();
        standby = newStandby(postgresPorts[1]);
        opened.add(() -> standby.close());
        int[] ports = LocalRedis.clusterPorts();
        int[] announced = new int[ports.length];
        for (int i = 0; i < ports.length; i++) {
            Wire wire = new Wire(ports[i]);
            redisWires.add(wire);
            opened.add(wire);
            announced[i] = wire.port();
        }
        redis = LocalRedis.cluster(folder.resolve("redis"), ports, announced);
        opened.addAll(redis);
        settings(url);
        Migrations.run(config().database());
        bank = new Node("bank", "sandbox", shared, folder);
        String bankUrl = "http://127.0.0.1:" + bank.port();
        shared.put("OQIM_BANKS_ALPHA_URL", bankUrl + "/alpha");
        shared.put("OQIM_BANKS_ALPHA_KEY", BANK_KEY);
        shared.put("OQIM_BANKS_ALPHA_JOURNAL_URL", bankUrl + "/journal");
        for (int i = 1; i <= size.gateways(); i++) {
            gateways.add(gateway("gateway-" + i));
        }
        for (int i = 1; i <= size.workers(); i++) {
            workers.add(new Node("worker-" + i, "worker", direct("worker-" + i), folder));
        }
        for (int i = 1; i <= size.streams(); i++) {
            streams.add(new Node("stream-" + i, "stream", direct("stream-" + i), folder));
        }
        List<Node> all = new ArrayList<>(List.of(bank));
        all.addAll(gateways);
        all.addAll(workers);
        all.addAll(streams);
        for (Node node : all) {
            node.start();
            opened.add(node::kill);
        }
        all.forEach(Node::untilReady);
    }

    private void settings(String url) {
        shared.put("OQIM_HOST", "127.0.0.1");
        shared.put("OQIM_DATABASE_URL", url);
        shared.put("OQIM_DATABASE_PASSWORD", LocalPostgres.PASSWORD);
        shared.put("OQIM_DATABASE_MIGRATE_PASSWORD", LocalPostgres.PASSWORD);
        shared.put("OQIM_ADMIN_KEY", "an-admin-key-for-chaos-only");
        shared.put("OQIM_CRYPTO_KEY", "a-crypto-key-for-chaos-of-32-chars");
        shared.put("OQIM_VAULT_KEYS", "local:a2tra2tra2tra2tra2tra2tra2tra2tra2tra2tra2s=");
        shared.put("OQIM_SANDBOX_KEY", BANK_KEY);
        shared.put("OQIM_SANDBOX_BOOKS", folder.resolve("bank").toString());
        // A process that starts takes the cores from those that pay.
        shared.put("OQIM_SERVER_MAX_DELAY", "2s");
        shared.put("OQIM_SERVER_NOTICE", "3s");
        shared.put("OQIM_BANKS_CONNECT_TIMEOUT", "2s");
    }

    private Node gateway(String name) throws IOException {
        List<Wire> wires = new ArrayList<>();
        for (int port : postgresPorts) {
            Wire wire = new Wire(port);
            wires.add(wire);
            opened.add(wire);
        }
        Map<String, String> own = direct(name);
        own.put("OQIM_DATABASE_URL", url(wires.get(0).port(), wires.get(1).port()));
        Node node = new Node(name, "gateway", own, folder);
        postgresWires.put(node, wires);
        return node;
    }

    /** Straight to PostgreSQL; to Redis by the wires that everybody has. */
    private Map<String, String> direct(String name) {
        Map<String, String> own = new LinkedHashMap<>(shared);
        own.put("OQIM_DATABASE_URL", url(postgresPorts[0], postgresPorts[1]));
        List<String> hosts = new ArrayList<>();
        redisWires.forEach(wire -> hosts.add("127.0.0.1:" + wire.port()));
        own.put(
                "OQIM_REDIS_URL",
                "redis-cluster://" + String.join(",", hosts) + "?clientName=" + name);
        return own;
    }

    private static String url(int first, int second) {
        return "jdbc:postgresql://127.0.0.1:%d,127.0.0.1:%d/%s?targetServerType=primary"
                .formatted(first, second, DATABASE);
    }

    private LocalPostgres newStandby(int port) throws IOException {
        String name = "standby" + ++standbys;
        LocalPostgres started =
                LocalPostgres.standby(primary, folder.resolve("postgres-" + standbys), name, port);
        primary.waitFor(name);
        return started;
    }

    /** A new merchant's key. */
    String merchant() {
        try (Database database = database()) {
            Merchants merchants = new Merchants(database);
            UUID merchant = merchants.create("Chaos", OptionalInt.of(0));
            return merchants.issue(merchant, Mode.TEST).secret();
        }
    }

    private OqimConfig config() {
        Map<String, String> now = new LinkedHashMap<>(shared);
        now.put("OQIM_DATABASE_URL", primary.url(DATABASE));
        return OqimConfig.load(now, new Properties());
    }

    List<Node> gateways() {
        return gateways;
    }

    List<Node> workers() {
        return workers;
    }

    List<Node> streams() {
        return streams;
    }

    Node bank() {
        return bank;
    }

    List<LocalRedis> redis() {
        return redis;
    }

    /** The database as it is now. */
    Database database() {
        return new Database(config().database(), 0);
    }

    /** Asks the database something. */
    String ask(String sql) {
        return primary.ask(DATABASE, sql);
    }

    void cutFromPostgres(Node gateway) {
        postgresWires.get(gateway).forEach(wire -> wire.hold(Wire.ALL));
    }

    void cutFromRedis(Node node) {
        redisWires.forEach(wire -> wire.hold(node.name()));
    }

    void mendWires() {
        redisWires.forEach(Wire::release);
        postgresWires.values().forEach(wires -> wires.forEach(Wire::release));
    }

    void killPrimary() throws IOException {
        primary.kill();
    }

    /** The standby is the primary from now on, without a standby of its own. */
    void promote() {
        standby.promote();
        primary = standby;
    }

    /** What was the primary comes back as the standby of what is. */
    void rebuild() throws IOException {
        int free = primary.port() == postgresPorts[0] ? postgresPorts[1] : postgresPorts[0];
        standby = newStandby(free);
    }

    void killStandby() throws IOException {
        standby.kill();
    }

    void restartStandby() throws IOException {
        standby.restart();
    }

    /** What the audit says; empty when it found no difference. */
    List<String> audit() throws IOException, InterruptedException {
        Path log = folder.resolve("audit.out");
        Files.deleteIfExists(log);
        Map<String, String> own = direct("audit");
        Process audit = OqimProcess.start("audit", own, List.of("-Xmx512m"), log);
        int code = audit.waitFor();
        List<String> lines = Files.readAllLines(log);
        return code == 0 ? List.of() : lines;
    }

    @Override
    public void close() {
        for (AutoCloseable each : opened.reversed()) {
            try {
                each.close();
            } catch (Exception e) {
                System.err.println("not closed: " + e);
            }
        }
        try (var files = Files.walk(folder)) {
            files.sorted(Comparator.reverseOrder())
                    .filter(file -> !file.toString().endsWith(".log") && !file.equals(folder))
                    .forEach(Fleet::delete);
        } catch (IOException e) {
            System.err.println("not cleaned up: " + e);
        }
    }

    private static void delete(Path file) {
        boolean ignored = file.toFile().delete();
    }
}
