package io.oqim.websocket;

/** Sends back what it gets. */
final class EchoListener implements WebSocketListener {
    @Override
    public void onOpen(WebSocketConnection connection) {}

    @Override
    public void onText(WebSocketConnection connection, String text) {
        connection.send(TextFrame.of(text));
    }

    @Override
    public void onBinary(WebSocketConnection connection, byte[] payload) {
        connection.send(BinaryFrame.of(payload));
    }

    @Override
    public void onClosed(WebSocketConnection connection, int code, String reason) {}
}
