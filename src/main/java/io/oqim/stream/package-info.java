/**
 * Stream: the log of events on its way to merchants, over WebSocket and by {@code GET /v1/events}.
 *
 * <p>May use: event, merchant, websocket and the tools; learns facts from event alone. Start
 * reading at {@link io.oqim.stream.Subscription}.
 */
@NullMarked
package io.oqim.stream;

import org.jspecify.annotations.NullMarked;
