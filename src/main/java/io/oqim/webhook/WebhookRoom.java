package io.oqim.webhook;

import io.helidon.common.tls.Tls;
import io.helidon.webserver.http.HttpService;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.oqim.config.WebhooksConfig;
import io.oqim.crypto.CryptoPool;
import io.oqim.crypto.Hashes;
import io.oqim.event.EventFeed;
import io.oqim.event.EventLog;
import io.oqim.merchant.Authentication;
import io.oqim.observe.Tracing;
import io.oqim.store.Database;
import io.oqim.store.Journal;
import io.oqim.store.Upkeep;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;

/** The room's wiring, and all of it that the root sees. */
public final class WebhookRoom implements AutoCloseable {
    private final DeliveryStore deliveries;
    private final Names names;
    private final Dispatcher dispatcher;
    private final List<HttpService> routes;

    /** What the room is made with. */
    public record Parts(
            WebhooksConfig config,
            Database database,
            Journal journal,
            EventLog log,
            EventFeed feed,
            CryptoPool crypto,
            Hashes hashes,
            Authentication authentication,
            Tracing tracing,
            MeterRegistry registry) {}

    public WebhookRoom(Parts parts) {
        WebhooksConfig config = parts.config();
        deliveries = new DeliveryStore(parts.database(), parts.log());
        names = new Names(config, InetAddress::getAllByName);
        Signer signer = new Signer(parts.crypto(), parts.hashes());
        Places places = new Places(config);
        Tls tls = Tls.builder().build();
        Sender sender = new Sender(config, signer, names, places, tls, parts.tracing());
        WebhookParts own =
                new WebhookParts(
                        config,
                        parts.log(),
                        parts.journal(),
                        new EndpointStore(parts.database()),
                        deliveries,
                        sender,
                        places,
                        new Records(config, parts.journal(), parts.crypto(), signer));
        dispatcher = new Dispatcher(own);
        parts.feed().tell(dispatcher);
        Gauge.builder("oqim.webhook.endpoints", dispatcher, Dispatcher::running)
                .description("endpoints that this process serves now")
                .register(parts.registry());
        routes =
                List.of(
                        new WebhookRoutes(
                                config, parts.authentication(), own.endpoints(), signer, sender),
                        new DeliveryRoutes(own, parts.authentication()));
    }

    public List<HttpService> routes() {
        return routes;
    }

    /** What is removed when it is old. */
    public static List<Upkeep.Sweep> sweeps(WebhooksConfig config) {
        return DeliveryStore.sweeps(config.keepAttempts(), config.keepGivenUp());
    }

    /** How many messages are due, up to 10,000. */
    public long overdue() {
        return deliveries.overdue();
    }

    /** Begins to send. */
    public void start() {
        dispatcher.start();
    }

    /** Begins nothing new. */
    public void stop() {
        dispatcher.stop();
    }

    /** Begins nothing new, and waits for what is on its way. */
    public void drain(Duration patience) {
        dispatcher.drain(patience);
    }

    @Override
    public void close() {
        dispatcher.close();
        names.close();
    }
}
