package io.oqim.websocket;

import java.io.EOFException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Reads a client's frames, strictly (RFC 6455 section 5), and hands out whole messages and control
 * frames in the order in which they end. Used by one thread. Keeps no buffer while it waits between
 * messages.
 */
final class FrameReader {
    private static final byte[] EMPTY = new byte[0];

    private final Source source;
    private final int maxMessageBytes;
    private byte[] chunk = EMPTY;
    private int position;
    private @Nullable MessageBuffer fragmented;

    FrameReader(Source source, int maxMessageBytes) {
        this.source = source;
        this.maxMessageBytes = maxMessageBytes;
    }

    /** The header of one frame; {@code mask} in network order. */
    private record Header(boolean fin, int opcode, long length, int mask) {}

    /**
     * Blocks until a message or control frame is complete.
     *
     * @throws ProtocolException once, if the peer breaks the protocol; the reader is of no use
     *     after
     */
    Inbound next() {
        try {
            while (true) {
                Header header = header();
                if (Opcode.isControl(header.opcode)) {
                    return control(header);
                }
                MessageBuffer message = data(header);
                if (header.fin) {
                    fragmented = null;
                    return message.message();
                }
                fragmented = message;
            }
        } catch (EOFException e) {
            return new Inbound.Disconnected();
        }
    }

    private Header header() throws EOFException {
        int first = octet();
        boolean fin = (first & 0x80) != 0;
        int opcode = first & 0x0F;
        if ((first & 0x70) != 0) {
            throw ProtocolException.violation("reserved bits without an extension");
        }
        if (!Opcode.isKnown(opcode)) {
            throw ProtocolException.violation("reserved opcode");
        }
        int second = octet();
        if ((second & 0x80) == 0) {
            throw ProtocolException.violation("a client's frame must be masked");
        }
        int length = second & 0x7F;
        if (Opcode.isControl(opcode) && (!fin || length > ControlFrame.MAX_PAYLOAD)) {
            throw ProtocolException.violation("control frame too long or fragmented");
        }
        return new Header(fin, opcode, extended(length), (int) number(4));
    }

    /** Section 5.2: the shortest form is a must, and the top bit of the longest one is zero. */
    private long extended(int length) throws EOFException {
        if (length < 126) {
            return length;
        }
        long extended = number(length == 126 ? 2 : 8);
        if (extended < (length == 126 ? 126 : 65_536)) {
            throw ProtocolException.violation("length not in its shortest form");
        }
        return extended;
    }

    private MessageBuffer data(Header header) throws EOFException {
        MessageBuffer message = begun(header.opcode);
        if (header.length > maxMessageBytes - message.size()) {
            throw new ProtocolException(
                    CloseCode.MESSAGE_TOO_BIG, "more than " + maxMessageBytes + " bytes");
        }
        int length = (int) header.length;
        for (int done = 0; done < length; ) {
            int count = unmask(header.mask, done, length - done);
            message.append(chunk, position, count);
            position += count;
            done += count;
        }
        return message;
    }

    /** Section 5.4: fragments of messages do not interleave. */
    private MessageBuffer begun(int opcode) {
        MessageBuffer message = fragmented;
        if (opcode == Opcode.CONTINUATION) {
            if (message == null) {
                throw ProtocolException.violation("nothing to continue");
            }
            return message;
        }
        if (message != null) {
            throw ProtocolException.violation("a message inside a message");
        }
        return new MessageBuffer(opcode == Opcode.TEXT);
    }

    private Inbound control(Header header) throws EOFException {
        byte[] payload = new byte[(int) header.length];
        for (int done = 0; done < payload.length; ) {
            int count = unmask(header.mask, done, payload.length - done);
            System.arraycopy(chunk, position, payload, done, count);
            position += count;
            done += count;
        }
        return switch (header.opcode) {
            case Opcode.PING -> new Inbound.Ping(payload);
            case Opcode.PONG -> new Inbound.Pong(payload);
            default -> new Inbound.Close(closing(payload));
        };
    }

    /** Section 5.5.1: no payload, or a code of two bytes and a reason in UTF-8. */
    private static Ending closing(byte[] payload) {
        if (payload.length == 0) {
            return new Ending(CloseCode.NO_CODE, "");
        }
        int code = payload.length == 1 ? 0 : ((payload[0] & 0xFF) << 8) | (payload[1] & 0xFF);
        if (!CloseCode.mayBeSent(code)) {
            throw ProtocolException.violation("no valid close code");
        }
        Utf8 utf8 = new Utf8();
        if (!utf8.accept(payload, 2, payload.length) || !utf8.isComplete()) {
            throw new ProtocolException(CloseCode.INVALID_PAYLOAD, "close reason is not UTF-8");
        }
        return new Ending(code, new String(payload, 2, payload.length - 2, StandardCharsets.UTF_8));
    }

    /**
     * Unmasks in place what the chunk holds of the payload, at most {@code wanted} bytes, the first
     * of which is the payload's byte number {@code done}.
     */
    private int unmask(int mask, int done, int wanted) throws EOFException {
        ensureAvailable();
        int count = Math.min(wanted, chunk.length - position);
        for (int i = 0; i < count; i++) {
            chunk[position + i] ^= (byte) (mask >>> (24 - 8 * ((done + i) & 3)));
        }
        return count;
    }

    private long number(int octets) throws EOFException {
        long number = 0;
        for (int i = 0; i < octets; i++) {
            number = (number << 8) | octet();
        }
        return number;
    }

    private int octet() throws EOFException {
        ensureAvailable();
        return chunk[position++] & 0xFF;
    }

    private void ensureAvailable() throws EOFException {
        if (position < chunk.length) {
            return;
        }
        // Let go of the old bytes before blocking: an idle connection holds none.
        chunk = EMPTY;
        position = 0;
        byte[] next = source.next();
        if (next == null) {
            throw new EOFException();
        }
        chunk = next;
    }
}
