package io.oqim.event;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/** Times in events: RFC 3339, UTC, always six decimals, so that one moment has one text. */
final class EventTime {
    private static final DateTimeFormatter FORMAT =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSS'Z'").withZone(ZoneOffset.UTC);

    private EventTime() {}

    static String text(Instant instant) {
        return FORMAT.format(instant);
    }
}
