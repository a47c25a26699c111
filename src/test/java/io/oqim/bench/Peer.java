package io.oqim.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;

/**
 * One socket of a {@link Swarm}: knows frames by their headers, and messages by the few bytes in
 * which they differ. Used by the swarm's thread, but for what it has counted.
 */
final class Peer {
    private static final byte[] NONE = new byte[0];
    private static final int PONG = 0x8A;

    /** Where the N of {"type":"event","prev":N stands. */
    private static final int PREV = "{\"type\":\"event\",\"prev\":".length();

    final Swarm.Target target;
    final SocketChannel channel;

    /** The beginning of a frame whose end has not come yet. */
    private byte[] rest = NONE;

    private boolean upgraded;

    /** Whether it has all that was there, and waits for events. */
    boolean ready;

    long events;

    /** The first event's message. */
    volatile byte[] sample = NONE;

    Peer(Swarm.Target target, SocketChannel channel) {
        this.target = target;
        this.channel = channel;
    }

    /**
     * Reads what has come.
     *
     * @param buffer for all peers the same: what is left of one read goes in front of the next
     * @throws IOException also when the server does not want this peer any more
     */
    void read(ByteBuffer buffer, Swarm.Arrivals arrivals) throws IOException {
        buffer.clear();
        buffer.put(rest);
        rest = NONE;
        if (channel.read(buffer) < 0) {
            throw new IOException("closed");
        }
        buffer.flip();
        int done = upgraded ? 0 : answer(buffer);
        if (upgraded) {
            done = frames(buffer, done, arrivals);
        }
        int left = buffer.limit() - done;
        if (left > 0) {
            rest = new byte[left];
            buffer.get(done, rest);
        }
    }

    /** Where the answer to the handshake ends; 0 when it is not there yet. */
    private int answer(ByteBuffer buffer) throws IOException {
        String text = StandardCharsets.ISO_8859_1.decode(buffer.duplicate()).toString();
        int end = text.indexOf("\r\n\r\n");
        if (end < 0) {
            return 0;
        }
        if (!text.startsWith("HTTP/1.1 101")) {
            throw new IOException(text);
        }
        upgraded = true;
        ready = !target.saysCaughtUp();
        return end + 4;
    }

    /** All whole frames from there on; returns where they end. */
    private int frames(ByteBuffer buffer, int from, Swarm.Arrivals arrivals) throws IOException {
        int at = from;
        int end = buffer.limit();
        while (end - at >= 2) {
            int length = buffer.get(at + 1);
            int header = 2;
            if (length == 126) {
                header = 4;
                if (end - at < header) {
                    break;
                }
                length = buffer.getShort(at + 2) & 0xFFFF;
            } else if (length < 0 || length == 127) {
                throw new IOException("a frame that was not expected: length " + length);
            }
            if (end - at < header + length) {
                break;
            }
            int payload = at + header;
            switch (buffer.get(at) & 0x0F) {
                case 1 -> message(buffer, payload, length, arrivals);
                case 9 -> pong(buffer, payload, length);
                case 8 -> throw new IOException("closed with " + buffer.getShort(payload));
                default -> throw new IOException("opcode " + buffer.get(at));
            }
            at = payload + length;
        }
        return at;
    }

    /** Told apart by what stands after {"type":". */
    private void message(ByteBuffer buffer, int at, int length, Swarm.Arrivals arrivals)
            throws IOException {
        byte first = buffer.get(at + 9);
        if (first == 'e' && buffer.get(at + 10) == 'v') {
            events++;
            if (events == 1) {
                byte[] message = new byte[length];
                buffer.get(at, message);
                sample = message;
            }
            // Without a filter, an event follows on the number before it.
            arrivals.event(target.number(), 1 + number(buffer, at + PREV));
        } else if (first == 'c') {
            ready = true;
        } else if (first == 'e' || first == 'r') {
            throw new IOException(
                    StandardCharsets.UTF_8.decode(buffer.slice(at, length)).toString());
        }
    }

    private static long number(ByteBuffer buffer, int at) {
        long number = 0;
        int i = at;
        for (int digit = buffer.get(i) - '0'; digit >= 0 && digit < 10; ) {
            number = 10 * number + digit;
            digit = buffer.get(++i) - '0';
        }
        return number;
    }

    /** Masked with zeros, which is a mask too. */
    private void pong(ByteBuffer buffer, int at, int length) throws IOException {
        ByteBuffer pong = ByteBuffer.allocate(6 + length);
        pong.put((byte) PONG).put((byte) (0x80 | length)).putInt(0);
        pong.put(buffer.slice(at, length)).flip();
        int ignored = channel.write(pong);
    }
}
