package io.oqim.websocket;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Frames as a client sends them: masked, with any first byte, right or wrong. */
final class ClientFrames {
    static final int FIN = 0x80;
    private static final byte[] MASK = {(byte) 0x9A, 0x3C, (byte) 0xF1, 0x07};

    private ClientFrames() {}

    static byte[] text(String text) {
        return frame(FIN | Opcode.TEXT, text.getBytes(StandardCharsets.UTF_8));
    }

    static byte[] close(int code, String reason) {
        byte[] text = reason.getBytes(StandardCharsets.UTF_8);
        byte[] payload = new byte[2 + text.length];
        payload[0] = (byte) (code >>> 8);
        payload[1] = (byte) code;
        System.arraycopy(text, 0, payload, 2, text.length);
        return frame(FIN | Opcode.CLOSE, payload);
    }

    static byte[] frame(int first, byte[] payload) {
        int length = payload.length;
        if (length < 126) {
            return masked(bytes(first, length), payload);
        }
        if (length < 65_536) {
            return masked(bytes(first, 126, length >>> 8, length), payload);
        }
        return masked(
                bytes(first, 127, 0, 0, 0, 0, length >>> 24, length >>> 16, length >>> 8, length),
                payload);
    }

    /** The header as given, with the mask bit set, whatever the payload's length really is. */
    static byte[] masked(byte[] header, byte[] payload) {
        header[1] |= (byte) 0x80;
        byte[] body = payload.clone();
        for (int i = 0; i < body.length; i++) {
            body[i] ^= MASK[i % 4];
        }
        return joined(header, MASK, body);
    }

    static byte[] bytes(int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return bytes;
    }

    static byte[] joined(byte[]... parts) {
        ByteArrayOutputStream joined = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            joined.writeBytes(part);
        }
        return joined.toByteArray();
    }
}
