package io.oqim.websocket;

import java.nio.charset.StandardCharsets;

/** A ping, pong or Close (RFC 6455 section 5.5): at most 125 bytes, never fragmented. */
final class ControlFrame extends OutboundMessage {
    static final int MAX_PAYLOAD = 125;
    private static final ControlFrame PING = new ControlFrame(Opcode.PING, new byte[0]);

    private final boolean pong;

    private ControlFrame(int opcode, byte[] payload) {
        super(opcode, payload);
        pong = opcode == Opcode.PONG;
    }

    static ControlFrame ping() {
        return PING;
    }

    static ControlFrame pong(byte[] payload) {
        return new ControlFrame(Opcode.PONG, payload);
    }

    static ControlFrame close() {
        return new ControlFrame(Opcode.CLOSE, new byte[0]);
    }

    static ControlFrame close(int code, String reason) {
        byte[] utf8 = reason.getBytes(StandardCharsets.UTF_8);
        int length = Math.min(utf8.length, MAX_PAYLOAD - 2);
        // Cut between code points, not inside one: 10xxxxxx continues the byte before it.
        while (length < utf8.length && (utf8[length] & 0xC0) == 0x80) {
            length--;
        }
        byte[] payload = new byte[2 + length];
        payload[0] = (byte) (code >>> 8);
        payload[1] = (byte) code;
        System.arraycopy(utf8, 0, payload, 2, length);
        return new ControlFrame(Opcode.CLOSE, payload);
    }

    boolean isPong() {
        return pong;
    }
}
