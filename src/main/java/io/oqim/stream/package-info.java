/**
 * Stream: the log of events on its way to merchants, by WebSocket, server-sent events and long
 * poll.
 *
 * <p>{@link io.oqim.stream.LiveTail} is the end of one log as this process knows it, {@link
 * io.oqim.stream.Cursor} is a reader's place in it. {@link io.oqim.stream.Subscription} carries
 * events to a WebSocket, {@link io.oqim.stream.SseSession} and {@link io.oqim.stream.Poll} to a
 * request; {@link io.oqim.stream.Sessions} knows all of them.
 *
 * <p>May use: event, merchant, websocket and the tools; learns facts from event alone. Start
 * reading at {@link io.oqim.stream.Cursor}.
 */
@NullMarked
package io.oqim.stream;

import org.jspecify.annotations.NullMarked;
