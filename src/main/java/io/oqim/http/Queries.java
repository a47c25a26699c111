package io.oqim.http;

import io.helidon.webserver.http.ServerRequest;
import io.oqim.store.TypeId;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Collection;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;

/** Reads query parameters; a parameter that is not known, or that comes twice, is refused. */
public final class Queries {
    private static final Instant EARLIEST = Instant.parse("1900-01-01T00:00:00Z");
    private static final Instant LATEST = Instant.parse("9999-12-31T23:59:59Z");

    private final ServerRequest request;

    private Queries(ServerRequest request) {
        this.request = request;
    }

    public static Queries of(ServerRequest request, Collection<String> known) {
        for (String name : request.query().names()) {
            boolean metadata =
                    name.startsWith("metadata[")
                            && name.endsWith("]")
                            && known.contains("metadata[k]");
            if (!known.contains(name) && !metadata) {
                throw new Refusal(
                        Problem.malformed(
                                "unknown_parameter",
                                Json.shown(name),
                                "There is no such query parameter; known are: "
                                        + String.join(", ", known)
                                        + "."));
            }
            if (request.query().all(name).size() > 1) {
                throw new Refusal(
                        Problem.malformed(
                                "duplicate_parameter",
                                Json.shown(name),
                                "A query parameter may be given once."));
            }
        }
        return new Queries(request);
    }

    public Optional<String> text(String name) {
        Optional<String> value = request.query().first(name).asOptional();
        if (value.isPresent() && !JsonFields.storable(value.get())) {
            throw new Refusal(
                    Problem.refused(
                            "invalid_text",
                            name,
                            "It must not contain U+0000 or a lone surrogate."));
        }
        return value;
    }

    /** An RFC 3339 time in UTC. */
    public Optional<Instant> time(String name) {
        return text(name).map(text -> time(name, text));
    }

    /**
     * The same, of a text.
     *
     * @throws Refusal that names it
     */
    public static Instant time(String name, String text) {
        try {
            Instant time = Instant.parse(text);
            if (time.isAfter(EARLIEST) && time.isBefore(LATEST)) {
                return time;
            }
        } catch (DateTimeException e) {
            // refused below
        }
        throw new Refusal(
                Problem.refused(
                        "invalid_value",
                        name,
                        "It must be an RFC 3339 time in UTC, such as 2026-11-01T00:00:00Z."));
    }

    /** The last that an earlier page of a list had, in {@code after}. */
    public Optional<UUID> after(String prefix) {
        return text("after")
                .map(
                        text ->
                                TypeId.parse(prefix, text)
                                        .orElseThrow(
                                                () ->
                                                        new Refusal(
                                                                Problem.refused(
                                                                        "invalid_cursor",
                                                                        "after",
                                                                        "It must be the next_after of an earlier page."))));
    }

    /** The id of something. */
    public Optional<UUID> id(String name, String prefix) {
        return text(name)
                .map(
                        text ->
                                TypeId.parse(prefix, text)
                                        .orElseThrow(
                                                () ->
                                                        new Refusal(
                                                                Problem.refused(
                                                                        "invalid_value",
                                                                        name,
                                                                        "It must be the id of a "
                                                                                + name
                                                                                + "."))));
    }

    /** A whole number within bounds. */
    public OptionalLong integer(String name, long least, long most) {
        Optional<String> text = text(name);
        if (text.isEmpty()) {
            return OptionalLong.empty();
        }
        if (text.get().matches("\\d{1,18}")) {
            long value = Long.parseLong(text.get());
            if (value >= least && value <= most) {
                return OptionalLong.of(value);
            }
        }
        throw new Refusal(
                Problem.refused(
                        "invalid_value",
                        name,
                        "It must be a whole number from " + least + " to " + most + "."));
    }
}
