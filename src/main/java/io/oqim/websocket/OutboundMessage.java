package io.oqim.websocket;

/**
 * A frame ready for the wire: header and payload, encoded once. The server never masks, so the very
 * same bytes may wait in the queues of thousands of sockets.
 */
public abstract sealed class OutboundMessage permits TextFrame, BinaryFrame, ControlFrame {
    private static final int FIN = 0x80;

    /** Shared with every queue it waits in; nobody may change it. */
    final byte[] wire;

    OutboundMessage(int opcode, byte[] payload) {
        wire = encode(opcode, payload);
    }

    /** Bytes on the wire, header included; what a queue counts. */
    public final int size() {
        return wire.length;
    }

    private static byte[] encode(int opcode, byte[] payload) {
        int length = payload.length;
        int header = length < 126 ? 2 : length < 65_536 ? 4 : 10;
        byte[] wire = new byte[header + length];
        wire[0] = (byte) (FIN | opcode);
        if (header == 2) {
            wire[1] = (byte) length;
        } else {
            wire[1] = (byte) (header == 4 ? 126 : 127);
            for (int i = header - 1, rest = length; i > 1; i--, rest >>>= 8) {
                wire[i] = (byte) rest;
            }
        }
        System.arraycopy(payload, 0, wire, header, length);
        return wire;
    }
}
