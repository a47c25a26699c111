package io.oqim.dev;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.sentinel.api.sync.RedisSentinelCommands;
import io.oqim.testing.Soon;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;
import redis.embedded.core.ExecutableProvider;

/** A real Redis of this machine that keeps nothing on disk. */
public final class LocalRedis extends RedisServer {
    private static final int LOWEST_PORT = 12_000;

    /** Where Linux begins to give them away. */
    private static final int HIGHEST_PORT = 32_000;

    /** How far above its port a server of a cluster listens for the others. */
    private static final int BUS = 10_000;

    /** Of two forks of tests, one gets odd ports, the other one even ones. */
    private static final int ODD = Integer.getInteger("oqim.fork", 0) % 2;

    private static final Set<Integer> GIVEN = ConcurrentHashMap.newKeySet();
    private static File program;

    private final int port;
    private final List<String> options;
    private Process server;

    private LocalRedis(int port, List<String> options) throws IOException {
        this.port = port;
        this.options = options;
        this.server = launch();
    }

    public static LocalRedis start() throws IOException {
        return start(freePort(), List.of());
    }

    /**
     * Starts on a port.
     *
     * @param options further ones, as on Redis's command line
     */
    public static LocalRedis start(int port, List<String> options) throws IOException {
        return new LocalRedis(port, options);
    }

    /** Three servers without replicas that share the keys: a cluster. */
    public static List<LocalRedis> cluster(Path folder) throws IOException {
        int[] ports = clusterPorts();
        return cluster(folder, ports, ports);
    }

    /** Ports for the servers of a cluster, each with one for its bus, 10000 above, as free. */
    public static int[] clusterPorts() throws IOException {
        int highest = HIGHEST_PORT - BUS;
        return new int[] {freePort(highest, BUS), freePort(highest, BUS), freePort(highest, BUS)};
    }

    /**
     * A cluster.
     *
     * @param announced where each server tells clients that it is
     */
    public static List<LocalRedis> cluster(Path folder, int[] ports, int[] announced)
            throws IOException {
        Files.createDirectories(folder);
        List<LocalRedis> servers = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            servers.add(
                    start(
                            ports[i],
                            List.of(
                                    "--cluster-enabled",
                                    "yes",
                                    "--cluster-node-timeout",
                                    "1000",
                                    "--cluster-require-full-coverage",
                                    "no",
                                    "--cluster-announce-ip",
                                    "127.0.0.1",
                                    "--cluster-announce-port",
                                    Integer.toString(announced[i]),
                                    "--cluster-announce-bus-port",
                                    Integer.toString(ports[i] + BUS),
                                    "--cluster-config-file",
                                    "nodes-" + ports[i] + ".conf",
                                    "--dir",
                                    folder.toAbsolutePath().toString())));
        }
        for (int i = 0; i < 3; i++) {
            int from = i * 16_384 / 3;
            int to = (i + 1) * 16_384 / 3;
            int next = servers.get((i + 1) % 3).port();
            String ignored =
                    servers.get(i)
                            .ask(
                                    redis -> {
                                        redis.clusterAddSlots(
                                                java.util.stream.IntStream.range(from, to)
                                                        .toArray());
                                        return redis.clusterMeet("127.0.0.1", next);
                                    });
        }
        for (LocalRedis server : servers) {
            Soon.until("the cluster stands", () -> server.ask(LocalRedis::knowsAll));
        }
        return servers;
    }

    private static boolean knowsAll(RedisCommands<String, String> redis) {
        String info = redis.clusterInfo();
        return info.contains("cluster_state:ok") && info.contains("cluster_slots_ok:16384");
    }

    /** The URL of a cluster of these servers. */
    public static String clusterUrl(List<LocalRedis> servers) {
        return "redis-cluster://"
                + String.join(
                        ",", servers.stream().map(server -> "127.0.0.1:" + server.port()).toList());
    }

    /** Watches one master, and makes another one of its replicas when it is gone for a second. */
    public static LocalRedis sentinel(Path folder, String name, int master) throws IOException {
        Path file = Files.createDirectories(folder).resolve("sentinel-" + name + ".conf");
        Files.writeString(
                file,
                """
                sentinel monitor %1$s 127.0.0.1 %2$d 1
                sentinel down-after-milliseconds %1$s 1000
                sentinel failover-timeout %1$s 3000
                """
                        .formatted(name, master));
        return start(freePort(), List.of(file.toAbsolutePath().toString(), "--sentinel"));
    }

    private Process launch() throws IOException {
        List<String> command = new ArrayList<>();
        command.add(program().toString());
        boolean sentinel = options.contains("--sentinel");
        if (sentinel) {
            command.add(options.getFirst());
        }
        command.addAll(List.of("--bind", "127.0.0.1"));
        if (!options.contains("--tls-port")) {
            command.addAll(List.of("--port", Integer.toString(port)));
        }
        if (!sentinel) {
            command.addAll(List.of("--save", "", "--appendonly", "no", "--maxmemory", "64mb"));
        }
        command.addAll(sentinel ? options.subList(1, options.size()) : options);
        Process started =
                new ProcessBuilder(command)
                        // A replica writes what it is sent into its working directory.
                        .directory(program().getParentFile())
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start();
        Runtime.getRuntime().addShutdownHook(new Thread(started::destroyForcibly));
        Soon.until("Redis listens", () -> listens(started));
        return started;
    }

    private boolean listens(Process started) {
        if (!started.isAlive()) {
            throw new IllegalStateException(
                    "Redis ended with code " + started.exitValue() + ": " + options);
        }
        try (Socket asked = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return asked.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    private static synchronized File program() throws IOException {
        if (program == null) {
            program = ExecutableProvider.newJarResourceProvider().get();
        }
        return program;
    }

    @Override
    public int port() {
        return port;
    }

    public ProcessHandle process() {
        return server.toHandle();
    }

    @Override
    public void stop() {
        server.destroyForcibly();
        Soon.until("Redis ends", () -> !server.isAlive());
    }

    @Override
    public void restart() throws IOException {
        if (!server.isAlive()) {
            server = launch();
        }
    }

    /** Asks a Sentinel, which knows other commands. */
    public <T> T askSentinel(Function<RedisSentinelCommands<String, String>, T> question) {
        RedisClient client = RedisClient.create(RedisURI.create(url()));
        try (var connection = client.connectSentinel()) {
            return question.apply(connection.sync());
        } finally {
            client.shutdown();
        }
    }

    @Override
    public void close() {
        stop();
    }

    /**
     * A port that was free a moment ago, and is not given twice. Not one of those that the system
     * gives to whoever connects somewhere, which one of them could take meanwhile.
     */
    public static int freePort() throws IOException {
        return freePort(HIGHEST_PORT);
    }

    /** A port below the highest one, with those that far above it free too. */
    private static int freePort(int highest, int... above) throws IOException {
        IOException last = new IOException("no port is free");
        for (int i = 0; i < 1_000; i++) {
            int port = 2 * ThreadLocalRandom.current().nextInt(LOWEST_PORT / 2, highest / 2) + ODD;
            try {
                claim(port);
                for (int further : above) {
                    claim(port + further);
                }
                return port;
            } catch (IOException e) {
                last = e;
            }
        }
        throw last;
    }

    private static void claim(int port) throws IOException {
        if (!GIVEN.add(port)) {
            throw new IOException("given before: " + port);
        }
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        }
    }
}
