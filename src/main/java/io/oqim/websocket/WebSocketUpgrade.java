package io.oqim.websocket;

import io.helidon.common.buffers.BufferData;
import io.helidon.http.Header;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Set;

/**
 * Turns the request of an ordinary route handler into a WebSocket. The server needs an {@link
 * UpgradeSelector}.
 *
 * <p>An accepted upgrade leaves the handler, and every filter around it, by a {@link
 * CloseConnectionException}: filters must let it pass and clean up in {@code finally}, where the
 * response's status is 101. Headers they set on the response before are part of the 101.
 */
public final class WebSocketUpgrade {
    private static final Set<HeaderName> OWN =
            Set.of(
                    HeaderNames.CONNECTION,
                    HeaderNames.UPGRADE,
                    HeaderNames.CONTENT_LENGTH,
                    HeaderNames.TRANSFER_ENCODING,
                    Handshake.PROTOCOL);

    private final WebSockets sockets;

    public WebSocketUpgrade(WebSockets sockets) {
        this.sockets = sockets;
    }

    /**
     * The first subprotocol of the client's list that is among ours: the order is its preference.
     */
    public static Optional<String> subprotocol(ServerRequest request, Set<String> ours) {
        return Handshake.tokens(request.headers(), Handshake.PROTOCOL)
                .filter(ours::contains)
                .findFirst();
    }

    /**
     * Why a request would be refused now, whoever it is from; {@link #accept} still may refuse what
     * this lets through.
     */
    public Optional<Refusal> check(ServerRequest request) {
        Optional<Refusal> refusal = Handshake.check(request);
        if (refusal.isPresent()) {
            return refusal;
        }
        return sockets.isDraining() ? Optional.of(new Refusal.Draining()) : Optional.empty();
    }

    /**
     * Upgrades without a subprotocol.
     *
     * @return only if refused
     */
    public Refusal accept(
            ServerRequest request, ServerResponse response, WebSocketListener listener) {
        return accept(request, response, "", listener);
    }

    /**
     * Upgrades with a subprotocol the client has offered.
     *
     * @return only if refused
     */
    public Refusal accept(
            ServerRequest request,
            ServerResponse response,
            String subprotocol,
            WebSocketListener listener) {
        UpgradableConnection connection = UpgradableConnection.current();
        Optional<Refusal> refusal = check(request);
        if (refusal.isPresent()) {
            return refusal.get();
        }
        String head = head(request, response, subprotocol);
        if (!sockets.reserve()) {
            return new Refusal.Full();
        }
        response.status(Status.SWITCHING_PROTOCOLS_101);
        throw leave(connection, head, listener);
    }

    private Upgraded leave(
            UpgradableConnection connection, String head, WebSocketListener listener) {
        ConnectionContext context = connection.context();
        try {
            context.dataWriter()
                    .writeNow(BufferData.create(head.getBytes(StandardCharsets.ISO_8859_1)));
        } catch (UncheckedIOException e) {
            sockets.release();
            throw new CloseConnectionException("The client left during its upgrade", e);
        }
        Wire wire = new Wire(context.serverSocket(), readAhead(context));
        connection.upgrade(new WebSocketConnection(wire, sockets, listener));
        return new Upgraded();
    }

    private static String head(ServerRequest request, ServerResponse response, String subprotocol) {
        StringBuilder head =
                new StringBuilder("HTTP/1.1 101 Switching Protocols\r\n")
                        .append("Upgrade: websocket\r\nConnection: Upgrade\r\n")
                        .append("Sec-WebSocket-Accept: ")
                        .append(Handshake.accept(request.headers()))
                        .append("\r\n");
        if (!subprotocol.isEmpty()) {
            head.append("Sec-WebSocket-Protocol: ").append(subprotocol).append("\r\n");
        }
        for (Header header : response.headers()) {
            if (!OWN.contains(header.headerName())) {
                append(head, header);
            }
        }
        return head.append("\r\n").toString();
    }

    private static void append(StringBuilder head, Header header) {
        header.validate();
        for (String value : header.allValues()) {
            head.append(header.name()).append(": ").append(value).append("\r\n");
        }
    }

    /** Frames that came in one packet with the request: HTTP/1 has read them already. */
    private static byte[] readAhead(ConnectionContext context) {
        int count = context.dataReader().available();
        if (count == 0) {
            return new byte[0];
        }
        return context.dataReader().readBuffer(count).readBytes();
    }
}
