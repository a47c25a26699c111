package io.oqim.event;

import io.oqim.crypto.Hashes;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Checks events line by line, as {@code GET /v1/events/export} writes them, and says what is wrong
 * with the first one that does not fit. Needs nothing but the lines: whoever has read a log can
 * check it anywhere.
 */
public final class LogVerifier {
    private static final Pattern LINE =
            Pattern.compile(
                    "\\{\"seq\":([1-9]\\d{0,17}),\"created\":\"([^\"]{27})\",\"prev_hash\":\"([0-9a-f]{64})\","
                            + "\"hash\":\"([0-9a-f]{64})\",(\"id\":.*)",
                    Pattern.DOTALL);
    private static final String GENESIS = "0".repeat(64);

    private final Map<Long, String> checkpoints = new HashMap<>();
    private boolean started;
    private long first;
    private long last;
    private String hash = "";
    private long line;
    private long confirmed;

    /**
     * What a signed checkpoint says: the event with this number had this hash.
     *
     * @return false when another one has said something else
     */
    public boolean expect(long seq, String hexHash) {
        String before = checkpoints.putIfAbsent(seq, hexHash);
        return before == null || before.equals(hexHash);
    }

    /**
     * Looks at the next line, whose characters are the bytes (ISO 8859-1).
     *
     * @return what is wrong with it; empty when it follows on the one before
     */
    public Optional<String> next(String text) {
        line++;
        Matcher matcher = LINE.matcher(text);
        if (!matcher.matches()) {
            return Optional.of("line " + line + " is not an event as Oqim writes it");
        }
        long seq = Long.parseLong(matcher.group(1));
        String previous = matcher.group(3);
        String own = matcher.group(4);
        if (!own.equals(hash(matcher))) {
            return Optional.of(
                    "event " + seq + " was changed: its hash is not that of its content");
        }
        if (!started) {
            String before = seq == 1 ? GENESIS : checkpoints.getOrDefault(seq - 1, previous);
            if (!previous.equals(before)) {
                return Optional.of(
                        "event "
                                + seq
                                + " was replaced: it does not follow on what is signed before it");
            }
            started = true;
            first = seq;
            confirmed = checkpoints.containsKey(seq - 1) ? seq - 1 : 0;
        } else if (seq > last + 1) {
            return Optional.of(
                    "event " + (last + 1) + " is missing: " + seq + " follows on " + last);
        } else if (seq <= last) {
            return Optional.of("event " + seq + " is out of its place: it follows on " + last);
        } else if (!previous.equals(hash)) {
            return Optional.of(
                    "event " + seq + " does not follow on " + last + ": one of them was replaced");
        }
        String expected = checkpoints.get(seq);
        if (expected != null && !expected.equals(own)) {
            return Optional.of(
                    "event " + seq + " was replaced: a signed checkpoint has another hash");
        }
        confirmed = expected == null ? confirmed : seq;
        last = seq;
        hash = own;
        return Optional.empty();
    }

    private static String hash(Matcher matcher) {
        byte[] body = ("{" + matcher.group(5)).getBytes(StandardCharsets.ISO_8859_1);
        HexFormat hex = HexFormat.of();
        String lines =
                String.join(
                        "\n",
                        "oqim.event.v1",
                        matcher.group(3),
                        matcher.group(1),
                        matcher.group(2),
                        hex.formatHex(Hashes.sha256(body)));
        return hex.formatHex(Hashes.sha256(lines.getBytes(StandardCharsets.US_ASCII)));
    }

    /**
     * All lines were looked at.
     *
     * @return what is missing at the end, or of the checkpoints; empty when nothing is
     */
    public Optional<String> end() {
        long signed = checkpoints.keySet().stream().mapToLong(Long::longValue).max().orElse(0);
        if (signed > last) {
            return Optional.of(
                    "event "
                            + (last + 1)
                            + " is missing: a checkpoint says that the log goes on to "
                            + signed);
        }
        return !checkpoints.isEmpty() && confirmed == 0
                ? Optional.of("none of the checkpoints is of these events")
                : Optional.empty();
    }

    /** The number of the first event that was looked at; 0 when there was none. */
    public long first() {
        return first;
    }

    /** Whether what is before the first one is known, because there is nothing or it was signed. */
    public boolean isFounded() {
        return first <= 1 || checkpoints.containsKey(first - 1);
    }

    /** The number of the last event that was good; 0 when there was none. */
    public long last() {
        return last;
    }

    /** The last number for which a checkpoint says the same; 0 when none does. */
    public long confirmed() {
        return confirmed;
    }
}
