package io.oqim.stream;

import io.oqim.http.Problem;
import io.oqim.http.Refusal;
import io.oqim.merchant.Authentication;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Who may open a stream: whoever has a key or a ticket, and finds a place. */
final class Openers {
    private static final Duration RETRY = Duration.ofSeconds(5);

    private final StreamParts parts;
    private final Authentication authentication;

    Openers(StreamParts parts, Authentication authentication) {
        this.parts = parts;
        this.authentication = authentication;
    }

    /** Whether somebody may. */
    sealed interface Opening {}

    record Open(Session.Opener opener) implements Opening {}

    /** The ticket was used, is too old, is of another origin, or never was one. */
    record NotGood() implements Opening {}

    /** Looks at a ticket, which is used up by this. Blocks on the database. */
    Opening byTicket(String ticket, Optional<String> origin) {
        return parts.tickets()
                .redeem(ticket, origin)
                .filter(
                        good ->
                                authentication
                                        .streaming(List.of(good.key()))
                                        .containsKey(good.key()))
                .<Opening>map(
                        good ->
                                new Open(
                                        new Session.Opener(
                                                good.tenant(),
                                                new Session.By(good.key(), Optional.empty()),
                                                Optional.of(parts.config().ticketSession()),
                                                Optional.empty())))
                .orElseGet(NotGood::new);
    }

    /** Whoever has come in with a key. */
    Session.Opener byKey(Authentication.Caller caller) {
        return new Session.Opener(
                caller.tenant().id(),
                new Session.By(caller.key(), Optional.of(caller.presented().from())),
                Optional.empty(),
                Optional.of(needed -> authentication.again(caller, needed)));
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
