package io.oqim.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Queue;

/**
 * A bank on one thread that says yes to everything after a while, and keeps no books: as cheap as
 * it can be, so that what is measured is who asks it. Speaks enough of docs/bank-protocol.yaml for
 * sales and risk checks. A process of its own; prints its port.
 *
 * <p>Arguments: milliseconds of a risk check and of a sale.
 */
public final class QuickBank {
    private final Selector selector = Selector.open();
    private final ServerSocketChannel server = ServerSocketChannel.open();
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(64 * 1024);
    private final Waiting checks;
    private final Waiting sales;
    private long payments;

    /** Answers of one kind wait equally long: the first to come is the first to go. */
    private record Waiting(long nanos, Queue<Answer> queue) {
        static Waiting millis(String text) {
            return new Waiting(Long.parseLong(text) * 1_000_000, new ArrayDeque<>());
        }
    }

    private record Answer(SocketChannel to, byte[] bytes, long at) {}

    /** What has come of a request. */
    private static final class Caller {
        private final StringBuilder text = new StringBuilder();
    }

    private QuickBank(Waiting checks, Waiting sales) throws IOException {
        this.checks = checks;
        this.sales = sales;
        server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 10_000);
        server.configureBlocking(false);
        server.register(selector, SelectionKey.OP_ACCEPT);
    }

    public static void main(String[] arguments) throws IOException {
        QuickBank bank = new QuickBank(Waiting.millis(arguments[0]), Waiting.millis(arguments[1]));
        System.out.println(bank.server.socket().getLocalPort());
        bank.run();
    }

    private void run() throws IOException {
        while (true) {
            long now = System.nanoTime();
            long next = Math.min(answer(checks, now), answer(sales, now));
            selector.select(this::ready, Math.max(1, (next + 999_999) / 1_000_000));
        }
    }

    /** Sends what is due; returns after how long the next one is. */
    private static long answer(Waiting waiting, long now) {
        for (Answer first = waiting.queue().peek(); first != null; first = waiting.queue().peek()) {
            if (first.at() > now) {
                return first.at() - now;
            }
            waiting.queue().remove();
            try {
                int written = first.to().write(ByteBuffer.wrap(first.bytes()));
                if (written != first.bytes().length) {
                    throw new IOException("an answer does not fit");
                }
            } catch (IOException e) {
                close(first.to());
            }
        }
        return 1_000_000_000;
    }

    private void ready(SelectionKey key) {
        try {
            if (key.isAcceptable()) {
                for (SocketChannel one = server.accept(); one != null; one = server.accept()) {
                    one.configureBlocking(false);
                    one.socket().setTcpNoDelay(true);
                    one.register(selector, SelectionKey.OP_READ, new Caller());
                }
            } else {
                read((SocketChannel) key.channel(), (Caller) key.attachment());
            }
        } catch (IOException e) {
            key.cancel();
            close(key.channel());
        }
    }

    private void read(SocketChannel channel, Caller caller) throws IOException {
        StringBuilder text = caller.text;
        buffer.clear();
        if (channel.read(buffer) < 0) {
            throw new IOException("the caller is gone");
        }
        text.append(StandardCharsets.ISO_8859_1.decode(buffer.flip()));
        int head = text.indexOf("\r\n\r\n");
        if (head < 0) {
            return;
        }
        String front = text.substring(0, head).toLowerCase(java.util.Locale.ROOT);
        int length = front.indexOf("content-length:");
        if (length < 0) {
            throw new IOException("a request without a length");
        }
        int end = front.indexOf('\r', length);
        int size =
                Integer.parseInt(
                        front.substring(length + 15, end < 0 ? front.length() : end).strip());
        if (text.length() < head + 4 + size) {
            return;
        }
        String body = text.substring(head + 4, head + 4 + size);
        boolean check = front.substring(0, front.indexOf('\r')).contains("/risk-checks ");
        text.setLength(0);
        Waiting waiting = check ? checks : sales;
        waiting.queue()
                .add(
                        new Answer(
                                channel,
                                http(check ? "{\"decision\":\"allow\"}" : approved(body)),
                                System.nanoTime() + waiting.nanos()));
    }

    private String approved(String body) {
        payments++;
        return "{\"operation\":\"sale\",\"reference\":\""
                + field(body, "reference")
                + "\",\"status\":\"approved\",\"amount\":"
                + field(body, "amount")
                + ",\"currency\":\""
                + field(body, "currency")
                + "\",\"bank_reference\":\"bp_"
                + payments
                + "\",\"auth_code\":\"123456\",\"rrn\":\""
                + payments
                + "\"}";
    }

    /** The value of a field that is there, without quotes. */
    private static String field(String body, String name) {
        int at = body.indexOf("\"" + name + "\":") + name.length() + 3;
        while (body.charAt(at) == ' ' || body.charAt(at) == '"') {
            at++;
        }
        int end = at;
        while (",\"}".indexOf(body.charAt(end)) < 0) {
            end++;
        }
        return body.substring(at, end);
    }

    private static byte[] http(String body) {
        return ("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: "
                        + body.length()
                        + "\r\n\r\n"
                        + body)
                .getBytes(StandardCharsets.ISO_8859_1);
    }

    private static void close(java.nio.channels.Channel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            // It is gone in any case.
        }
    }
}
