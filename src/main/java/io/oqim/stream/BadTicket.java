package io.oqim.stream;

import io.oqim.websocket.WebSocketConnection;
import io.oqim.websocket.WebSocketListener;

/** A socket that was opened with a ticket that is not good: says so, and closes. */
final class BadTicket implements WebSocketListener {
    @Override
    public void onOpen(WebSocketConnection connection) {
        connection.close(StreamCodes.BAD_TOKEN, "bad ticket");
    }

    @Override
    public void onText(WebSocketConnection connection, String text) {}

    @Override
    public void onClosed(WebSocketConnection connection, int code, String reason) {}
}
