package io.oqim.store;

import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * What one caller wants written, all of it or nothing. Data, not a callback: the journal may write
 * it several times until it is sure that it is there once.
 *
 * @param id unique; guards return it
 * @param tenant whose change it is; decides the lane
 * @param subject what it is about (a payment): two changes of one subject are never in one batch
 */
public record Change(UUID id, long tenant, UUID subject, List<Row> rows, List<Draft> events) {
    public Change {
        rows = List.copyOf(rows);
        events = List.copyOf(events);
        if (rows.isEmpty() && events.isEmpty()) {
            throw new IllegalArgumentException("an empty change");
        }
        for (Row row : rows) {
            if (row.write().stage() == Write.Stage.TAIL && events.isEmpty()) {
                throw new IllegalArgumentException(
                        row.write().name() + " needs an event to follow");
            }
        }
    }

    /**
     * An event that waits for its place in the log. Its body is final, serialized and hashed.
     *
     * @param payment the one that it is about, if it is about one
     */
    public record Draft(
            UUID id, String type, Optional<UUID> payment, byte[] body, byte[] bodyHash) {}

    long guards() {
        return rows.stream().filter(row -> row.write().stage() == Write.Stage.GUARD).count();
    }
}
