package io.oqim.stream;

import io.oqim.event.EventFilter;
import io.oqim.http.Problem;
import io.oqim.http.Queries;
import io.oqim.http.Refusal;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** What readers ask for in the address; the same words on all transports. */
final class StreamQueries {
    private static final List<String> NEED_A_PLACE = List.of("epoch", "types", "payment", "trace");

    private StreamQueries() {}

    /**
     * All that a stream can be asked for, but for credit, which needs frames. Empty when the
     * address asks for nothing.
     *
     * @throws Refusal also when it asks for something, and does not say from where
     */
    static Optional<Subscribe> subscribe(Queries queries) {
        Subscribe asked = asked(queries);
        if (asked.after().isPresent() || asked.consumer().isPresent()) {
            return Optional.of(asked);
        }
        for (String name : NEED_A_PLACE) {
            if (queries.text(name).isPresent()) {
                throw new Refusal(
                        Problem.malformed(
                                "missing_field",
                                "after",
                                "With " + name + ", the address needs an after, or a consumer."));
            }
        }
        return Optional.empty();
    }

    /** What the address says; what it does not is left out. */
    static Subscribe asked(Queries queries) {
        return new Subscribe(
                        queries.integer("after", 0, Long.MAX_VALUE),
                        queries.text("after_hash").map(Subscribe::hash),
                        queries.text("epoch").map(Subscribe::epoch),
                        types(queries),
                        payment(queries),
                        queries.text("consumer").map(Subscribe::consumer),
                        OptionalLong.empty(),
                        queries.text("trace").map(StreamQueries::flag))
                .checked();
    }

    private static boolean flag(String text) {
        if (!text.equals("true") && !text.equals("false")) {
            throw new Refusal(
                    Problem.refused("invalid_value", "trace", "It must be true or false."));
        }
        return text.equals("true");
    }

    /** {@code types}, with commas between, and {@code payment}. */
    static EventFilter filter(Queries queries) {
        return new EventFilter(
                types(queries).orElse(List.of()),
                payment(queries).flatMap(Subscribe.About::payment));
    }

    private static Optional<List<String>> types(Queries queries) {
        Optional<List<String>> patterns =
                queries.text("types").map(text -> List.of(text.split(",", -1)));
        if (patterns.isPresent() && patterns.get().size() > EventFilter.PATTERNS_MOST) {
            throw new Refusal(
                    Problem.refused(
                            "too_many",
                            "types",
                            "It may have at most " + EventFilter.PATTERNS_MOST + " entries."));
        }
        return patterns.map(Subscribe::types);
    }

    private static Optional<Subscribe.About> payment(Queries queries) {
        return queries.text("payment").map(Subscribe::payment);
    }
}
