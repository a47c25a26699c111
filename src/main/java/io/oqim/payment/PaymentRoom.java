package io.oqim.payment;

import io.helidon.webserver.http.HttpService;
import io.micrometer.core.instrument.MeterRegistry;
import io.oqim.bank.Banks;
import io.oqim.config.OqimConfig;
import io.oqim.crypto.CryptoPool;
import io.oqim.crypto.Hashes;
import io.oqim.event.EventLog;
import io.oqim.merchant.Authentication;
import io.oqim.risk.Velocity;
import io.oqim.store.Database;
import io.oqim.store.Journal;
import java.time.Duration;
import java.util.List;

/** The room's wiring, and all of it that the root sees. */
public final class PaymentRoom {
    private final Payments payments;
    private final Resolver resolver;
    private final List<HttpService> routes;

    /** What the room is given. */
    public record Parts(
            OqimConfig config,
            Database database,
            Journal journal,
            CryptoPool crypto,
            Banks banks,
            Velocity velocity,
            EventLog log,
            Authentication authentication,
            MeterRegistry registry) {}

    public PaymentRoom(Parts parts) {
        Works works =
                Works.of(
                        parts.config(),
                        parts.journal(),
                        parts.banks(),
                        new Checks(parts.velocity(), parts.config().risk(), parts.registry()),
                        new Works.Tools(
                                parts.database(),
                                parts.crypto(),
                                new Hashes(parts.config().crypto().key())));
        payments = new Payments(works, parts.registry());
        resolver = new Resolver(works, parts.registry());
        routes =
                List.of(
                        new PaymentRoutes(
                                payments,
                                new PaymentReads(works),
                                parts.authentication(),
                                parts.log(),
                                parts.config().server()),
                        new CallbackRoutes(resolver));
    }

    /** The room's REST routes. */
    public List<HttpService> routes() {
        return routes;
    }

    /** Starts asking banks about open outcomes. */
    public void startResolver() {
        resolver.start();
    }

    /** Takes no more payments and waits for those at work; false when some did not end in time. */
    public boolean drain(Duration patience) throws InterruptedException {
        return payments.drain(patience);
    }

    public void stopResolver() {
        resolver.close();
    }
}
