package io.oqim.websocket;

/** The peer broke RFC 6455: the connection is failed (section 7.1.7) with this close code. */
final class ProtocolException extends RuntimeException {
    private final int code;

    ProtocolException(int code, String message) {
        // No stack: the peer decides how often this happens, and the message says it all.
        super(message, null, false, false);
        this.code = code;
    }

    static ProtocolException violation(String message) {
        return new ProtocolException(CloseCode.PROTOCOL_ERROR, message);
    }

    Ending ending() {
        String message = getMessage();
        return new Ending(code, message == null ? "" : message);
    }
}
