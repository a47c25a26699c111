package io.oqim.websocket;

import java.nio.charset.StandardCharsets;

/** A text message in one frame. */
public final class TextFrame extends OutboundMessage {
    private TextFrame(byte[] utf8) {
        super(Opcode.TEXT, utf8);
    }

    /**
     * The bytes are copied; they must be UTF-8, since any other text fails the peer's connection.
     */
    public static TextFrame of(byte[] utf8) {
        if (!Utf8.isValid(utf8)) {
            throw new IllegalArgumentException(
                    "a text frame of " + utf8.length + " bytes: not UTF-8");
        }
        return new TextFrame(utf8);
    }

    public static TextFrame of(String text) {
        return new TextFrame(text.getBytes(StandardCharsets.UTF_8));
    }
}
