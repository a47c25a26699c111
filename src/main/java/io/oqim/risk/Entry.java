package io.oqim.risk;

import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;

/**
 * What a tenant has on one of its lists.
 *
 * @param value what payments are compared with; of cards and email addresses a keyed hash
 * @param shown what may be shown of it
 */
record Entry(
        UUID id,
        Side side,
        Kind kind,
        String value,
        String shown,
        Optional<String> reason,
        Instant created,
        Optional<Instant> expires) {
    /** Which list. */
    enum Side {
        BLOCK,
        ALLOW;

        String text() {
            return name().toLowerCase(Locale.ROOT);
        }

        static Side parse(String text) {
            return valueOf(text.toUpperCase(Locale.ROOT));
        }
    }

    /** What of a payment is compared. */
    enum Kind {
        CARD,
        BIN,
        COUNTRY,
        EMAIL,
        IP;

        String text() {
            return name().toLowerCase(Locale.ROOT);
        }

        static Kind parse(String text) {
            return valueOf(text.toUpperCase(Locale.ROOT));
        }
    }
}
