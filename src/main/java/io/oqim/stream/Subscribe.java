package io.oqim.stream;

import io.oqim.event.EventFilter;
import io.oqim.http.JsonFields;
import io.oqim.http.Problem;
import io.oqim.http.Refusal;
import io.oqim.store.TypeId;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * What a reader asks for, in a frame or in the address. What is left out stays as it is.
 *
 * @param after the last sequence number that he has
 * @param hash the hash of that event
 * @param epoch that of the log when he read it
 * @param types see {@link EventFilter}
 * @param payment what events must be about
 * @param consumer the name under which it is kept how far he is
 * @param credit how many events he wants for now
 * @param trace whether he wants to see what happens right now
 */
record Subscribe(
        OptionalLong after,
        Optional<byte[]> hash,
        Optional<String> epoch,
        Optional<List<String>> types,
        Optional<About> payment,
        Optional<String> consumer,
        OptionalLong credit,
        Optional<Boolean> trace) {
    /**
     * What events must be about.
     *
     * @param payment empty for whatever they are about
     */
    record About(Optional<UUID> payment) {
        static About one(UUID payment) {
            return new About(Optional.of(payment));
        }
    }

    static final long CREDIT_MOST = 1_000_000_000;
    private static final Pattern HASH = Pattern.compile("[0-9a-f]{64}");
    private static final Pattern EPOCH = Pattern.compile("[0-9a-f-]{36}");
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,99}");

    /**
     * Reads a frame, whose type is known.
     *
     * @throws Refusal with what is wrong
     */
    static Subscribe read(JsonFields frame) {
        OptionalLong after = frame.optionalInteger("after");
        Optional<byte[]> hash = frame.optionalText("after_hash", 64).map(Subscribe::hash);
        Optional<String> epoch = frame.optionalText("epoch", 36).map(Subscribe::epoch);
        Optional<List<String>> types =
                frame.optionalTexts(
                                "types", EventFilter.PATTERNS_MOST, EventFilter.PATTERN_LENGTH_MOST)
                        .map(Subscribe::types);
        Optional<About> payment = frame.optionalText("payment", 100).map(Subscribe::payment);
        Optional<String> consumer = frame.optionalText("consumer", 100).map(Subscribe::consumer);
        OptionalLong credit = frame.optionalInteger("credit");
        Optional<Boolean> trace =
                frame.has("trace") ? Optional.of(frame.flag("trace", false)) : Optional.empty();
        frame.end();
        if (credit.isPresent()) {
            long ignored = credit(credit.getAsLong());
        }
        return new Subscribe(after, hash, epoch, types, payment, consumer, credit, trace).checked();
    }

    /** Refuses what makes no sense together. */
    Subscribe checked() {
        if (after.isPresent() && after.getAsLong() < 0) {
            throw refused("after", "It must be 0 or a sequence number.");
        }
        if (after.isEmpty() && hash.isPresent()) {
            throw refused("after_hash", "It needs an after.");
        }
        return this;
    }

    static byte[] hash(String text) {
        if (!HASH.matcher(text).matches()) {
            throw refused("after_hash", "It must be the hash of an event: 64 hexadecimal digits.");
        }
        return HexFormat.of().parseHex(text);
    }

    static String epoch(String text) {
        if (!EPOCH.matcher(text).matches()) {
            throw refused("epoch", "It must be the epoch that a hello told.");
        }
        return text;
    }

    static List<String> types(List<String> patterns) {
        for (String pattern : patterns) {
            if (!EventFilter.isPattern(pattern)) {
                throw refused(
                        "types",
                        "Each must be a type such as payment.captured, or a pattern such as payment.*.");
            }
        }
        return patterns;
    }

    /** The id of a payment, or {@code *} for all. */
    static About payment(String text) {
        if (text.equals("*")) {
            return new About(Optional.empty());
        }
        return About.one(
                TypeId.parse("pay", text)
                        .orElseThrow(
                                () -> refused("payment", "It must be the id of a payment, or *.")));
    }

    /** What is let through with this, if it was {@code before} until now. */
    EventFilter filter(EventFilter before) {
        return new EventFilter(
                types.orElse(before.types()),
                payment.isPresent() ? payment.get().payment() : before.payment());
    }

    static String consumer(String text) {
        if (!NAME.matcher(text).matches()) {
            throw refused(
                    "consumer",
                    "It must begin with a letter or digit, and have up to 100 letters, digits, dots, dashes and"
                            + " underscores.");
        }
        return text;
    }

    static long credit(long events) {
        if (events < 1 || events > CREDIT_MOST) {
            throw refused("credit", "It must be from 1 to " + CREDIT_MOST + ".");
        }
        return events;
    }

    private static Refusal refused(String param, String detail) {
        return new Refusal(Problem.refused("invalid_value", param, detail));
    }
}
