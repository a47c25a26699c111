package io.oqim.ledger;

import io.oqim.http.Problem;
import io.oqim.http.Refusal;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.UUID;

/** A place in a list that is ordered by time, then id; opaque to whoever gets it. */
record TimeCursor(Instant time, UUID id) {
    private static final Instant EARLIEST = Instant.EPOCH.minusSeconds(1);
    private static final Instant LATEST = Instant.parse("9999-12-31T23:59:59Z");

    public String text() {
        String place = ChronoUnit.MICROS.between(Instant.EPOCH, time) + "." + id;
        return Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(place.getBytes(StandardCharsets.US_ASCII));
    }

    /**
     * What an earlier page gave.
     *
     * @throws Refusal 422 when it is nothing of that kind
     */
    public static TimeCursor parse(String cursor) {
        try {
            String[] parts =
                    new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.US_ASCII)
                            .split("\\.", 2);
            if (parts.length == 2) {
                Instant time = Instant.EPOCH.plus(Long.parseLong(parts[0]), ChronoUnit.MICROS);
                if (time.isAfter(EARLIEST) && time.isBefore(LATEST)) {
                    return new TimeCursor(time, UUID.fromString(parts[1]));
                }
            }
        } catch (IllegalArgumentException | DateTimeException | ArithmeticException e) {
            // refused below
        }
        throw new Refusal(
                Problem.refused(
                        "invalid_cursor",
                        "after",
                        "It must be the next_after of an earlier page."));
    }
}
