package io.oqim.stream;

import io.helidon.webserver.http.HttpService;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.oqim.config.StreamConfig;
import io.oqim.event.EventFeed;
import io.oqim.event.EventLog;
import io.oqim.merchant.Authentication;
import io.oqim.websocket.Settings;
import io.oqim.websocket.WebSockets;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/** The room's wiring, and all of it that the root sees. */
public final class StreamRoom implements AutoCloseable {
    private final StreamConfig config;
    private final WebSockets sockets;
    private final StreamRoutes routes;

    public StreamRoom(
            EventLog log,
            EventFeed feed,
            StreamConfig config,
            Authentication authentication,
            MeterRegistry registry) {
        this.config = config;
        sockets =
                new WebSockets(
                        new Settings(
                                config.maxConnections(),
                                config.maxMessageBytes(),
                                config.maxQueuedFrames(),
                                config.maxQueuedBytes(),
                                config.writeDeadline(),
                                config.heartbeat(),
                                config.pongTimeout(),
                                config.closeTimeout(),
                                config.discardTime()));
        Gauge.builder("oqim.stream.connections", sockets, WebSockets::open)
                .description("open streams")
                .register(registry);
        routes = new StreamRoutes(new StreamParts(log, feed, config), authentication, sockets);
    }

    public List<HttpService> routes() {
        return List.of(routes);
    }

    /** Says goodbye to all streams, each with a moment of its own to come back. */
    public void drain() {
        sockets.drain(
                StreamCodes.SHUTDOWN,
                () ->
                        "shutdown; reconnect in "
                                + ThreadLocalRandom.current()
                                        .nextLong(config.reconnectWithin().toMillis())
                                + " ms",
                config.drainBatch(),
                config.drainPause());
    }

    @Override
    public void close() {
        sockets.close();
    }
}
