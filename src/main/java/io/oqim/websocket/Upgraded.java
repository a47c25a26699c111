package io.oqim.websocket;

import io.helidon.webserver.CloseConnectionException;

/**
 * Leaves the HTTP/1 connection after a successful upgrade: the only exception it lets through. From
 * here on the listener is told of everything, also of the end.
 */
public final class Upgraded extends CloseConnectionException {
    Upgraded() {
        super("upgraded to a WebSocket");
    }

    /** This is control flow, once per socket, and no stack is of interest. */
    @Override
    public Throwable fillInStackTrace() {
        return this;
    }
}
