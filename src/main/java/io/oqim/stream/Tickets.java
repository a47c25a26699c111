package io.oqim.stream;

import io.oqim.config.StreamConfig;
import io.oqim.crypto.Hashes;
import io.oqim.store.Database;
import io.oqim.store.Upkeep;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Tickets, with which a browser opens a stream: each can be used once, soon, and says nothing of
 * the key that it was got with. Methods block on the database.
 */
final class Tickets {
    private static final Pattern FORMAT = Pattern.compile("oqt_[A-Za-z0-9_-]{43}");
    private static final SecureRandom RANDOM = new SecureRandom();

    private final TicketStore store;
    private final StreamConfig config;

    /** A ticket that was just made; the only time it can be seen. */
    record Issued(String secret, Instant expires) {
        @Override
        public String toString() {
            return "[REDACTED]";
        }
    }

    Tickets(Database database, StreamConfig config) {
        this.store = new TicketStore(database);
        this.config = config;
    }

    /** Tickets that nobody used. */
    static Upkeep.Sweep sweep() {
        return new Upkeep.Sweep("stream_ticket", Duration.ofHours(1));
    }

    Issued issue(TicketStore.Ticket ticket) {
        byte[] random = new byte[32];
        RANDOM.nextBytes(random);
        String secret = "oqt_" + Base64.getUrlEncoder().withoutPadding().encodeToString(random);
        return new Issued(secret, store.add(hash(secret), ticket, config.ticketLife()));
    }

    /**
     * Uses up a ticket.
     *
     * @param origin of the page that has it, as its browser says
     */
    Optional<TicketStore.Ticket> redeem(String secret, Optional<String> origin) {
        if (!FORMAT.matcher(secret).matches()) {
            return Optional.empty();
        }
        return store.take(hash(secret))
                .filter(ticket -> ticket.origin().isEmpty() || ticket.origin().equals(origin));
    }

    private static byte[] hash(String secret) {
        return Hashes.sha256(secret.getBytes(StandardCharsets.US_ASCII));
    }
}
