package io.oqim.http;

import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.Headers;
import io.helidon.webserver.http.ServerRequest;
import java.util.Optional;
import java.util.stream.Collectors;

/** A request that came in, as signatures see it. */
public record RequestMessage(ServerRequest received) implements SignedMessage {
    /** Whether a body comes with it. */
    public boolean hasBody() {
        return received.content().hasEntity();
    }

    /**
     * Without a body, a digest has to be that of nothing: else a body was taken away on the way,
     * which may have been all that a request was limited by.
     *
     * @throws Refusal 400 {@code wrong_digest}
     */
    public void expectDigestOfNothing() {
        if (!hasBody()) {
            Bodies.check(received, new byte[0]);
        }
    }

    @Override
    public Optional<String> method() {
        return Optional.of(received.prologue().method().text());
    }

    @Override
    public Optional<String> authority() {
        return Optional.of(received.authority());
    }

    @Override
    public Optional<String> path() {
        return Optional.of(received.path().rawPath());
    }

    @Override
    public Optional<String> query() {
        return Optional.of(received.query().rawValue()).filter(query -> !query.isEmpty());
    }

    @Override
    public Optional<String> field(String name) {
        return field(received.headers(), name);
    }

    static Optional<String> field(Headers headers, String name) {
        HeaderName header = HeaderNames.create(name);
        return headers.contains(header)
                ? Optional.of(
                        headers.get(header).allValues().stream()
                                .map(String::strip)
                                .collect(Collectors.joining(", ")))
                : Optional.empty();
    }
}
