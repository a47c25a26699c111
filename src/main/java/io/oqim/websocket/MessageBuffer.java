package io.oqim.websocket;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** A message on its way in, over one frame or several, unmasked and checked as it grows. */
final class MessageBuffer {
    private static final byte[] EMPTY = new byte[0];

    private final boolean text;
    private final Utf8 utf8 = new Utf8();
    private byte[] bytes = EMPTY;
    private int size;

    MessageBuffer(boolean text) {
        this.text = text;
    }

    int size() {
        return size;
    }

    /** Appends what has arrived, not what a header promised: memory follows the peer's bytes. */
    void append(byte[] chunk, int from, int count) {
        if (size + count > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(size + count, bytes.length * 2));
        }
        System.arraycopy(chunk, from, bytes, size, count);
        size += count;
        if (text && !utf8.accept(bytes, size - count, size)) {
            throw invalid();
        }
    }

    Inbound message() {
        if (!text) {
            return new Inbound.Binary(bytes.length == size ? bytes : Arrays.copyOf(bytes, size));
        }
        if (!utf8.isComplete()) {
            throw invalid();
        }
        return new Inbound.Text(new String(bytes, 0, size, StandardCharsets.UTF_8));
    }

    private static ProtocolException invalid() {
        return new ProtocolException(CloseCode.INVALID_PAYLOAD, "text is not UTF-8");
    }
}
