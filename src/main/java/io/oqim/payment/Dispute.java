package io.oqim.payment;

import io.oqim.bank.DisputeNews;
import io.oqim.money.Money;
import io.oqim.store.TypeId;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * What a bank's customer wants back, as it stands. The bank's word decides; all that Oqim adds is
 * the merchant's response, and that nobody can respond any more once the deadline has passed.
 *
 * @param operation the sale or capture whose money it is about
 * @param source the bank's name for it, and which of the bank's changes it stands at
 * @param expired lost because its deadline passed; the bank has not said so yet
 * @param response what the merchant has answered
 * @param version one more with each change: a change is written only over the version that it was
 *     made from
 */
record Dispute(
        UUID id,
        UUID payment,
        UUID operation,
        Source source,
        DisputeNews.Standing standing,
        boolean expired,
        Money amount,
        String reason,
        Instant respondBy,
        Optional<Response> response,
        Instant created,
        Instant updated,
        long version) {

    /**
     * Which of a bank's disputes it is, at which of the bank's changes.
     *
     * @param round more than 1 for what a bank has taken again under the same name
     */
    record Source(String bank, String dispute, int round, long seq) {
        private Source at(long other) {
            return new Source(bank, dispute, round, other);
        }
    }

    /**
     * What the merchant has answered.
     *
     * @param id under which the bank knows it, so that it can be sent again
     * @param accepts gives in
     * @param code why the bank refused it; empty unless it did
     */
    record Response(
            UUID id,
            boolean accepts,
            Optional<String> text,
            List<UUID> files,
            Delivery delivery,
            String code,
            Instant responded) {
        /** The bank has heard it, or gone on without it, and waits for another one. */
        private static final String ASKED_AGAIN = "asked_again";

        /** It was won before the bank had it. */
        private static final String DECIDED = "decided";

        Response {
            files = List.copyOf(files);
        }

        Response delivered(Delivery how, String why) {
            return new Response(id, accepts, text, files, how, why, responded);
        }

        /**
         * What a change at the bank makes of it.
         *
         * @param asksAgain the bank wants to hear more, or something else
         * @param has the bank has said that it has it
         */
        private Response when(DisputeNews.Standing to, boolean asksAgain, boolean has) {
            if (asksAgain && delivery != Delivery.REFUSED) {
                return delivered(Delivery.REFUSED, ASKED_AGAIN);
            }
            // It must not be taken for an answer to what the bank may raise next.
            if (to == DisputeNews.Standing.WON && delivery == Delivery.SENDING && !has) {
                return delivered(Delivery.REFUSED, DECIDED);
            }
            return has ? delivered(Delivery.DELIVERED, "") : this;
        }

        /** Whether somebody who says this has said it before. */
        boolean says(Response other) {
            return accepts == other.accepts
                    && text.equals(other.text)
                    && Set.copyOf(files).equals(Set.copyOf(other.files));
        }
    }

    /** Whether a bank has a response. */
    enum Delivery {
        /** It is sent until the bank has said something to it. */
        SENDING,
        /** The bank has it. */
        DELIVERED,
        /** The bank does not take it. */
        REFUSED;

        String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** As the API and the database write it. */
    static String text(DisputeNews.Standing standing) {
        return standing.name().toLowerCase(Locale.ROOT);
    }

    /** One that a bank tells of for the first time. */
    static Dispute raised(Open disputed, DisputeNews news, int round, Instant now) {
        return new Dispute(
                TypeId.next(),
                disputed.payment().id(),
                disputed.operation().id(),
                new Source(disputed.attempt().bank(), news.dispute(), round, news.seq()),
                news.standing(),
                false,
                news.amount(),
                news.reason(),
                news.respondBy(),
                Optional.empty(),
                now,
                now,
                1);
    }

    /**
     * After a change at its bank.
     *
     * @param delivered the response that the bank thereby has
     */
    Dispute told(DisputeNews news, Optional<UUID> delivered, Instant now) {
        boolean waits = news.standing() == DisputeNews.Standing.NEEDS_RESPONSE;
        // The bank has taken its time to say that it waits; nobody can respond any more all the
        // same.
        boolean still = expired && waits && !news.respondBy().isAfter(now);
        boolean has = response.isPresent() && delivered.equals(response.map(Response::id));
        // The bank may be ahead of what it has told, so its answer to a response says so as well.
        boolean asksAgain =
                waits && !still && (standing != DisputeNews.Standing.NEEDS_RESPONSE || has);
        return new Dispute(
                id,
                payment,
                operation,
                source.at(Math.max(source.seq(), news.seq())),
                still ? standing : news.standing(),
                still,
                amount,
                news.reason(),
                news.respondBy(),
                response.map(given -> given.when(news.standing(), asksAgain, has)),
                created,
                later(now),
                version + 1);
    }

    /**
     * The bank has said something to the response, and nothing new of how the dispute stands.
     *
     * @param code why the bank refused it; empty unless it did
     */
    Dispute heard(Delivery how, String code, Instant now) {
        return changed(standing, expired, response.map(given -> given.delivered(how, code)), now);
    }

    Dispute expiredAt(Instant now) {
        return changed(DisputeNews.Standing.LOST, true, response, now);
    }

    Dispute responded(Response how, Instant now) {
        return changed(standing, expired, Optional.of(how), now);
    }

    /** The same but for its version: whoever read it before has to read again. */
    Dispute touched(Instant now) {
        return changed(standing, expired, response, now);
    }

    private Dispute changed(
            DisputeNews.Standing to, boolean over, Optional<Response> how, Instant now) {
        return new Dispute(
                id,
                payment,
                operation,
                source,
                to,
                over,
                amount,
                reason,
                respondBy,
                how,
                created,
                later(now),
                version + 1);
    }

    private Instant later(Instant now) {
        return now.isBefore(updated) ? updated : now;
    }

    /** Whether its bank has the money. */
    boolean taken() {
        return standing.taken();
    }

    /** Whether a response is on its way. */
    boolean sending() {
        return response.filter(given -> given.delivery() == Delivery.SENDING).isPresent();
    }

    /** Whether this response is on its way. */
    boolean sending(UUID which) {
        return sending() && response.filter(given -> given.id().equals(which)).isPresent();
    }

    /** Whether the merchant may still respond. */
    boolean open(Instant now) {
        return standing == DisputeNews.Standing.NEEDS_RESPONSE
                && respondBy.isAfter(now)
                && response.filter(given -> given.delivery() != Delivery.REFUSED).isEmpty();
    }
}
