package io.oqim.webhook;

import io.oqim.event.EventFilter;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * A receiver of events.
 *
 * @param types patterns ({@link EventFilter}); none means every type
 * @param ordered whether an event waits for the earlier ones of its payment
 * @param disabled why and since when nothing is sent, if that is so
 * @param cursor all events up to it have been looked at
 * @param failingSince since when nothing has got through, if that is so
 * @param pausedUntil until when the receiver has asked to be left alone, if it ever has
 */
record Endpoint(
        long tenant,
        UUID id,
        URI url,
        Optional<String> description,
        List<String> types,
        boolean ordered,
        Optional<Disabled> disabled,
        long cursor,
        Optional<Instant> failingSince,
        Optional<Instant> pausedUntil,
        Instant created,
        Instant updated) {

    /** Why nothing is sent. */
    record Disabled(Reason reason, Instant since) {}

    /** Who wanted it. */
    enum Reason {
        /** The merchant. */
        REQUESTED,
        /** The receiver, by 410. */
        GONE,
        /** Nothing has got through for too long. */
        FAILING,
        /** Events that were to be sent are not kept any more. */
        OVERTAKEN;

        String text() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }

        static Reason parse(String text) {
            return valueOf(text.toUpperCase(java.util.Locale.ROOT));
        }
    }

    /** The same, but that nothing is sent. */
    Endpoint disabled(Reason reason, Instant since) {
        return new Endpoint(
                tenant,
                id,
                url,
                description,
                types,
                ordered,
                Optional.of(new Disabled(reason, since)),
                cursor,
                failingSince,
                pausedUntil,
                created,
                updated);
    }

    EventFilter filter() {
        return new EventFilter(types, Optional.empty());
    }
}
