package io.oqim.stream;

import io.oqim.http.Problem;
import io.oqim.http.Refusal;
import io.oqim.merchant.Authentication;
import io.oqim.merchant.KeyScope;
import java.time.Duration;
import java.util.Optional;

/** Who may open a stream: whoever has a key or a ticket, and finds a place. */
final class Openers {
    private static final Duration RETRY = Duration.ofSeconds(5);

    private final StreamParts parts;

    Openers(StreamParts parts) {
        this.parts = parts;
    }

    /** Whether somebody may. */
    sealed interface Opening {}

    record Open(Session.Opener opener) implements Opening {}

    /** The ticket was used, is too old, is of another origin, or never was one. */
    record NotGood() implements Opening {}

    /**
     * Looks at key or ticket; a ticket is used up by this. Blocks on the database.
     *
     * @throws Refusal 401 when there is neither, or the key is not good
     */
    Opening open(Authentication.Holder holder, Optional<String> ticket, Optional<String> origin) {
        if (ticket.isPresent() && !holder.isNamed()) {
            return parts.tickets()
                    .redeem(ticket.get(), origin)
                    .<Opening>map(
                            good ->
                                    new Open(
                                            new Session.Opener(
                                                    good.tenant(),
                                                    good.key(),
                                                    Optional.of(parts.config().ticketSession()),
                                                    Optional.empty())))
                    .orElseGet(NotGood::new);
        }
        return new Open(byKey(holder));
    }

    /**
     * Looks at the key alone. Blocks on the database.
     *
     * @throws Refusal 401 when it is not good
     */
    Session.Opener byKey(Authentication.Holder holder) {
        Authentication.Caller caller = holder.enters(KeyScope.READ);
        return new Session.Opener(
                caller.tenant().id(),
                caller.key(),
                Optional.empty(),
                Optional.of(scope -> holder.asks(scope).tenant()));
    }

    /**
     * Takes a place; {@link Sessions#leave} gives it back.
     *
     * @throws Refusal 429 when the tenant has all that it may have, 503 when the process has
     */
    void enter(long tenant) {
        switch (parts.sessions().enter(tenant)) {
            case FREE -> {}
            case TENANT_FULL ->
                    throw new Refusal(
                            Problem.of(
                                            429,
                                            "too_many_connections",
                                            "This merchant has too many open streams.")
                                    .retryAfter(RETRY));
            case PROCESS_FULL ->
                    throw new Refusal(
                            Problem.busy(
                                    "too_many_connections",
                                    "There are too many open streams.",
                                    RETRY));
        }
    }

    /**
     * Takes the place of a page that is not waited for; {@link TenantPlaces#leave} gives it back.
     *
     * @throws Refusal 429 when the tenant asks for too many at once
     */
    void enterPage(long tenant) {
        if (!parts.sessions().pages().enter(tenant)) {
            throw new Refusal(
                    Problem.of(
                                    429,
                                    "too_many_pages",
                                    "This merchant asks for too many pages at the same moment.")
                            .retryAfter(Duration.ofSeconds(1)));
        }
    }
}
