package io.oqim.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;

/**
 * Payments over many connections on one thread, as cheap as they can be. A process of its own, so
 * that its CPU time is nobody else's.
 *
 * <p>With a rate it is an open loop: a payment is due at its time whatever became of the ones
 * before, and its latency counts from then, also while it waits for a connection. Without, each
 * connection sends its next payment when the one before is answered.
 */
public final class Load {
    private static final String KEY = "Idempotency-Key: ";

    private final Plan plan;
    private final Selector selector = Selector.open();
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(64 * 1024);
    private final Queue<Line> idle = new ArrayDeque<>();
    private final List<Line> lines = new ArrayList<>();
    private final Histogram micros = new Histogram(60_000_000L, 3);
    private final Map<String, Long> statuses = new TreeMap<>();
    private final long began = System.nanoTime();
    private long sent;
    private long answered;
    private long answeredInTime;
    private String firstBad = "";

    /**
     * What is to be done.
     *
     * @param keys API keys, used in turn
     * @param rate payments a second; 0 for as many as are answered
     * @param warmup seconds that are not counted
     * @param customers payments say who pays
     * @param burst all connections send one payment each, at the same moment, and that is all
     */
    record Plan(
            int port,
            List<String> keys,
            int connections,
            int rate,
            double warmup,
            double seconds,
            boolean burst,
            boolean customers) {
        static Plan parse(String[] arguments) throws IOException {
            Options options = Options.parse(List.of(arguments));
            return new Plan(
                    options.number("port", 0),
                    Files.readAllLines(Path.of(options.values().get("keys"))),
                    options.number("connections", 256),
                    options.number("rate", 0),
                    options.number("warmup", 0),
                    options.number("seconds", 10),
                    options.number("burst", 0) == 1,
                    options.number("customers", 0) == 1);
        }
    }

    /** A connection, with at most one payment on it. */
    private static final class Line {
        private final SocketChannel channel;
        private final StringBuilder answer = new StringBuilder();
        private long dueAt;

        Line(SocketChannel channel) {
            this.channel = channel;
        }
    }

    private Load(Plan plan) throws IOException {
        this.plan = plan;
    }

    public static void main(String[] arguments) throws IOException {
        Load load = new Load(Plan.parse(arguments));
        load.open();
        load.run();
        System.out.println(load.result());
    }

    private void open() throws IOException {
        for (int i = 0; i < plan.connections(); i++) {
            SocketChannel channel = SocketChannel.open();
            // A port range for each few thousand.
            channel.bind(new InetSocketAddress("127.0.2." + (1 + i / 5000), 0));
            channel.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), plan.port()));
            channel.socket().setTcpNoDelay(true);
            channel.configureBlocking(false);
            Line line = new Line(channel);
            channel.register(selector, SelectionKey.OP_READ, line);
            lines.add(line);
            idle.add(line);
        }
    }

    private void run() throws IOException {
        long start = System.nanoTime();
        long countFrom = start + (long) (plan.warmup() * 1e9);
        long end = countFrom + (long) (plan.seconds() * 1e9);
        if (plan.burst()) {
            burst(end);
            return;
        }
        long due = 0;
        while (true) {
            long now = System.nanoTime();
            if (now >= end) {
                break;
            }
            long wait = end - now;
            if (plan.rate() == 0) {
                while (!idle.isEmpty()) {
                    send(idle.remove(), now);
                }
            } else {
                long at = start + due * 1_000_000_000L / plan.rate();
                while (at <= now && !idle.isEmpty()) {
                    send(idle.remove(), at);
                    due++;
                    at = start + due * 1_000_000_000L / plan.rate();
                }
                wait = idle.isEmpty() ? wait : at - now;
            }
            select(wait, countFrom, end);
        }
        long patience = System.nanoTime() + 15_000_000_000L;
        while (idle.size() < lines.size() && System.nanoTime() < patience) {
            select(100_000_000, countFrom, end);
        }
    }

    private void burst(long end) throws IOException {
        long now = System.nanoTime();
        while (!idle.isEmpty()) {
            send(idle.remove(), now);
        }
        while (idle.size() < lines.size() && System.nanoTime() < end) {
            select(100_000_000, now, Long.MAX_VALUE);
        }
    }

    private void select(long nanos, long countFrom, long end) throws IOException {
        if (nanos < 1_000_000) {
            // A selector cannot wait for less, and one that spun would take a core from the rest.
            LockSupport.parkNanos(Math.min(nanos, 200_000));
            selector.selectNow(key -> read((Line) key.attachment(), countFrom, end));
        } else {
            selector.select(
                    key -> read((Line) key.attachment(), countFrom, end), nanos / 1_000_000);
        }
    }

    private String customer() {
        long number = sent % 1000;
        return ",\"customer\":{\"id\":\"c-%d\",\"email\":\"c-%d@shop.example\",\"ip\":\"198.51.%d.%d\",\"country\":\"UZ\"}"
                .formatted(number, number, number / 250, number % 250);
    }

    private void send(Line line, long due) throws IOException {
        line.dueAt = due;
        String key = plan.keys().get((int) (sent % plan.keys().size()));
        String body =
                "{\"amount\":"
                        + (1000 + sent % 100_000 * 100)
                        + ",\"currency\":\"UZS\",\"payment_method\":{\"type\":\"card\",\"card\":"
                        + "{\"number\":\"4242424242424242\",\"exp_month\":12,\"exp_year\":2030,"
                        + "\"cvc\":\"123\"}},\"reference\":\"order-"
                        + sent
                        + "\""
                        + (plan.customers() ? customer() : "")
                        + "}";
        String request =
                "POST /v1/payments HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer "
                        + key
                        + "\r\n"
                        + KEY
                        + began
                        + "-"
                        + sent
                        + "\r\nContent-Type: application/json\r\nContent-Length: "
                        + body.length()
                        + "\r\n\r\n"
                        + body;
        sent++;
        int written =
                line.channel.write(ByteBuffer.wrap(request.getBytes(StandardCharsets.US_ASCII)));
        if (written != request.length()) {
            throw new IOException("a request does not fit");
        }
    }

    private void read(Line line, long countFrom, long end) {
        try {
            buffer.clear();
            if (line.channel.read(buffer) < 0) {
                throw new IOException("closed by the server");
            }
            line.answer.append(StandardCharsets.ISO_8859_1.decode(buffer.flip()));
            if (!isWhole(line.answer)) {
                return;
            }
            long now = System.nanoTime();
            String status = line.answer.substring(9, 12);
            answered++;
            if (now >= countFrom && now < end) {
                statuses.merge(status, 1L, Long::sum);
                if (status.startsWith("20")) {
                    answeredInTime++;
                    micros.recordValue(
                            Math.min(micros.getHighestTrackableValue(), (now - line.dueAt) / 1000));
                } else if (firstBad.isEmpty()) {
                    firstBad = line.answer.toString();
                }
            }
            line.answer.setLength(0);
            idle.add(line);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /** By its length, or by the last chunk. */
    private static boolean isWhole(StringBuilder answer) {
        int head = answer.indexOf("\r\n\r\n");
        if (head < 0) {
            return false;
        }
        String front = answer.substring(0, head).toLowerCase(java.util.Locale.ROOT);
        int length = front.indexOf("content-length:");
        if (length < 0) {
            return answer.length() >= head + 9
                    && answer.substring(answer.length() - 5).equals("0\r\n\r\n");
        }
        int end = front.indexOf('\r', length);
        String size = front.substring(length + 15, end < 0 ? front.length() : end).strip();
        return answer.length() >= head + 4 + Integer.parseInt(size);
    }

    /** {@code NAME=VALUE} on one line; times in microseconds. */
    private String result() {
        if (!firstBad.isEmpty()) {
            System.err.println(firstBad);
        }
        return "paid=%d seconds=%.3f rate=%.1f p50=%d p99=%d p999=%d max=%d answered=%d sent=%d statuses=%s"
                .formatted(
                        answeredInTime,
                        plan.seconds(),
                        answeredInTime / plan.seconds(),
                        micros.getValueAtPercentile(50),
                        micros.getValueAtPercentile(99),
                        micros.getValueAtPercentile(99.9),
                        micros.getMaxValue(),
                        answered,
                        sent,
                        statuses.toString().replace(" ", ""));
    }
}
