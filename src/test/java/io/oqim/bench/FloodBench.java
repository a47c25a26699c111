package io.oqim.bench;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.bridge.SLF4JBridgeHandler;

/**
 * What becomes of those who pay while somebody without a key floods the public port: their p99
 * beside that of a calm time in the same run. Called by bench/floods.
 */
public final class FloodBench {
    private static final byte[] BEGIN =
            "POST /v1/payments HTTP/1.1\r\nHost: x\r\nX-A: ".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] LARGE =
            ("GET / HTTP/1.1\r\nHost: x\r\n" + ("X-A: " + "y".repeat(1000) + "\r\n").repeat(64))
                    .getBytes(StandardCharsets.US_ASCII);

    private final Options options;

    private FloodBench(Options options) {
        this.options = options;
    }

    public static void main(String[] arguments) throws Exception {
        SLF4JBridgeHandler.removeHandlersForRootLogger();
        SLF4JBridgeHandler.install();
        new FloodBench(Options.parse(java.util.List.of(arguments))).run();
    }

    /** One connection of a flood, from its beginning to its end. */
    @FunctionalInterface
    private interface Wave {
        void roll(Socket socket) throws IOException;
    }

    private void run() throws Exception {
        try (Arena arena = new Arena(options, Map.of("server.read-timeout", "2s"));
                Served server = arena.start("oqim")) {
            var ignored = arena.load(server, "seconds=" + options.number("warmup", 30));
            long calm = paid(arena, server, "calm", 0);
            flood(arena, server, "headers that trickle", 1000, FloodBench::trickle, calm);
            flood(arena, server, "headers without end", 50, FloodBench::endless, calm);
            flood(arena, server, "1000 connections/s", 50, FloodBench::opened, calm);
            flood(arena, server, "connections unbounded", 50, Socket::close, calm);
            beside(arena, server, "calm again", calm);
        }
    }

    private void flood(Arena arena, Served server, String what, int atOnce, Wave wave, long calm)
            throws IOException, InterruptedException {
        AtomicBoolean over = new AtomicBoolean();
        AtomicLong connections = new AtomicLong();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < options.number("at-once", atOnce); i++) {
                threads.execute(
                        () -> {
                            while (!over.get()) {
                                connections.incrementAndGet();
                                roll(server.port(), wave);
                            }
                        });
            }
            beside(arena, server, what, calm);
            over.set(true);
        }
        StreamBench.print("  %d connections of it", connections.get());
    }

    private static void roll(int port, Wave wave) {
        try (Socket socket = new Socket()) {
            // From another address than those who pay.
            socket.bind(new InetSocketAddress("127.0.3.1", 0));
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            wave.roll(socket);
        } catch (IOException e) {
            // Refused or closed, as it ought to be.
            LockSupport.parkNanos(Duration.ofMillis(1).toNanos());
        }
    }

    private static void trickle(Socket socket) throws IOException {
        socket.getOutputStream().write(BEGIN);
        // Until the server has had enough.
        while (true) {
            LockSupport.parkNanos(Duration.ofMillis(200).toNanos());
            socket.getOutputStream().write('y');
        }
    }

    /** Fifty of these at once are a thousand a second. */
    private static void opened(Socket socket) throws IOException {
        socket.close();
        LockSupport.parkNanos(Duration.ofMillis(50).toNanos());
    }

    private static void endless(Socket socket) throws IOException {
        socket.getOutputStream().write(LARGE);
        InputStream in = socket.getInputStream();
        long ignored = in.transferTo(java.io.OutputStream.nullOutputStream());
    }

    private void beside(Arena arena, Served server, String what, long calm)
            throws IOException, InterruptedException {
        long ignored = paid(arena, server, what, calm);
    }

    private long paid(Arena arena, Served server, String what, long calm)
            throws IOException, InterruptedException {
        Map<String, String> load =
                arena.load(
                        server,
                        "connections=64",
                        "rate=" + options.number("rate", 100),
                        "seconds=" + options.number("seconds", 10));
        long p99 = Long.parseLong(load.get("p99"));
        StreamBench.print(
                "%-24s p50 %6d us, p99 %6d us%s   %s",
                what,
                Long.parseLong(load.get("p50")),
                p99,
                calm == 0 ? "" : ", %.2f of the calm one".formatted((double) p99 / calm),
                load.get("statuses"));
        return p99;
    }
}
