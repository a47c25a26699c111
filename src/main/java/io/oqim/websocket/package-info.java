/**
 * The WebSocket transport (RFC 6455): upgrade, frames, queues, heartbeat and close, and no word of
 * what the messages mean.
 *
 * <p>Helidon's own WebSocket module is not used: its frames do not pass Autobahn, its send blocks,
 * and an abrupt disconnect is never reported. This room takes the connection over from Helidon's
 * HTTP/1 after an ordinary route handler has asked for it, so routing, filters and error handlers
 * all apply to the handshake.
 *
 * <p>May use: the JDK, the Helidon web server, slf4j, and concurrent for its time limits. Knows no
 * feature.
 *
 * <p>Start reading at {@link io.oqim.websocket.WebSocketUpgrade} for the way in, then {@link
 * io.oqim.websocket.WebSocketConnection} for the life of one socket. {@code FrameReader} is what
 * comes in, {@code Outbox} is what goes out, {@link io.oqim.websocket.WebSockets} is all of them
 * together.
 */
@NullMarked
package io.oqim.websocket;

import org.jspecify.annotations.NullMarked;
