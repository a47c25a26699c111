package io.oqim;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.oqim.event.EventBody;
import io.oqim.event.EventSequencer;
import io.oqim.store.Change;
import io.oqim.store.Commit;
import io.oqim.store.Database;
import io.oqim.store.Journal;
import io.oqim.store.TypeId;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;

/**
 * Logs that grow without payments, by the journal that production writes with: for tests that need
 * more events than payments could make in their time.
 */
final class Logs {
    private static final int EVENTS_A_CHANGE = 500;

    /** A payment as the contract describes it, on one line. */
    private static final String DATA =
            """
            {"id":"%s","object":"payment","status":"processing","amount":1,"currency":"UZS",
            "amount_authorized":0,"amount_captured":0,"amount_refunded":0,"amount_capturable":0,
            "amount_refundable":0,"amount_fee":0,"capture_method":"automatic","reference":null,
            "description":null,"payment_method":{"type":"card","card":{"brand":"visa",
            "first6":"424242","last4":"4242","exp_month":12,"exp_year":2030}},"bank":"alpha",
            "decline":null,"failure":null,"next_action":null,"in_doubt":null,
            "authorized_until":null,"metadata":{},"test":true,
            "created":"2026-11-23T20:31:05.120Z","updated":"2026-11-23T20:31:05.120Z","version":1}
            """
                    .replace("\n", "");

    private Logs() {}

    /** As a process would that cannot tell the others. */
    static void append(Rig rig, long tenant, int events) {
        append(rig, List.of(tenant), events, places -> {});
    }

    /**
     * @param events for each of the tenants
     * @param committed told of all that is written
     */
    static void append(
            Rig rig, List<Long> tenants, int events, Consumer<List<Commit.Place>> committed) {
        try (Database database = new Database(rig.config().database(), 3)) {
            Journal journal =
                    new Journal(
                            database,
                            new EventSequencer(),
                            rig.config().journal(),
                            1000,
                            new SimpleMeterRegistry(),
                            committed);
            for (int done = 0; done < events; done += EVENTS_A_CHANGE) {
                for (long tenant : tenants) {
                    Commit ignored =
                            journal.commit(
                                    change(tenant, Math.min(EVENTS_A_CHANGE, events - done)));
                }
            }
            boolean ignored = journal.close(Duration.ofSeconds(5));
        }
    }

    private static Change change(long tenant, int events) {
        List<Change.Draft> drafts = new ArrayList<>();
        for (int i = 0; i < events; i++) {
            UUID payment = TypeId.next();
            drafts.add(
                    EventBody.draft(
                            "payment.created",
                            payment,
                            TypeId.next(),
                            DATA.formatted(TypeId.text("pay", payment))
                                    .getBytes(StandardCharsets.US_ASCII)));
        }
        UUID id = TypeId.next();
        return new Change(id, tenant, id, List.of(), drafts);
    }
}
