package io.oqim.websocket;

/** A binary message in one frame. */
public final class BinaryFrame extends OutboundMessage {
    private BinaryFrame(byte[] payload) {
        super(Opcode.BINARY, payload);
    }

    /** The bytes are copied. */
    public static BinaryFrame of(byte[] payload) {
        return new BinaryFrame(payload);
    }
}
