package io.oqim.websocket;

/**
 * What a feature does with one socket. All methods are called one after the other, each on a
 * virtual thread: they may block, and while they do, nothing more is read, so that a peer that
 * sends too fast is slowed down by TCP. An exception closes the connection with 1011.
 */
public interface WebSocketListener {
    /** Called first, once. */
    void onOpen(WebSocketConnection connection);

    /** A whole text message, fragments joined. */
    void onText(WebSocketConnection connection, String text);

    /** A whole binary message, fragments joined. Closes with 1003 unless overridden. */
    default void onBinary(WebSocketConnection connection, byte[] payload) {
        connection.close(CloseCode.UNSUPPORTED_DATA, "text only");
    }

    /** Any pong, asked for or not. */
    default void onPong(WebSocketConnection connection, byte[] payload) {}

    /**
     * Called last, exactly once, however the connection ends; nothing can be sent any more.
     *
     * @param code what ended it first: the peer's close code (1005 if its Close had none), the one
     *     this side closed with, or 1006 if the connection was lost
     */
    void onClosed(WebSocketConnection connection, int code, String reason);
}
