package io.oqim.stream;

import io.helidon.webserver.http.HttpService;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.oqim.config.StreamConfig;
import io.oqim.event.CheckpointStore;
import io.oqim.event.EventFeed;
import io.oqim.event.EventLog;
import io.oqim.merchant.Authentication;
import io.oqim.observe.Traces;
import io.oqim.store.Database;
import io.oqim.store.Upkeep;
import io.oqim.websocket.Settings;
import io.oqim.websocket.WebSockets;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/** The room's wiring, and all of it that the root sees. */
public final class StreamRoom implements AutoCloseable {
    private final StreamConfig config;
    private final WebSockets sockets;
    private final LiveTails tails;
    private final Sessions sessions;
    private final Consumers consumers;
    private final List<HttpService> routes;

    /** What the room is made with. */
    public record Parts(
            StreamConfig config,
            Database database,
            EventLog log,
            EventFeed feed,
            Authentication authentication,
            Commands commands,
            Traces traces,
            MeterRegistry registry) {}

    public StreamRoom(Parts parts) {
        config = parts.config();
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
        Pages pages = new Pages(parts.log(), config, parts.registry());
        tails = new LiveTails(parts.log(), pages, config);
        parts.feed().tell(tails);
        sessions = new Sessions(config, parts.authentication());
        consumers = new Consumers(parts.database(), config);
        Gauge.builder("oqim.stream.connections", sessions, Sessions::open)
                .description("open streams, of all transports")
                .register(parts.registry());
        StreamParts own =
                new StreamParts(
                        config,
                        pages,
                        tails,
                        sessions,
                        consumers,
                        new Tickets(parts.database(), config),
                        parts.commands(),
                        parts.traces());
        Openers openers = new Openers(own, parts.authentication());
        routes =
                List.of(
                        new StreamRoutes(own, openers, parts.authentication(), sockets),
                        new EventRoutes(own, openers, parts.authentication()),
                        new CheckpointRoutes(
                                new CheckpointStore(parts.database()), parts.authentication()));
    }

    public void start() {
        tails.start();
        sessions.start();
        consumers.start();
    }

    public List<HttpService> routes() {
        return routes;
    }

    /** What is removed when it is old. */
    public static Upkeep.Sweep sweep() {
        return Tickets.sweep();
    }

    /** Says goodbye to all streams, each with a moment of its own to come back. */
    public void drain() {
        sessions.drain();
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
        tails.close();
        sessions.close();
        consumers.close();
    }
}
