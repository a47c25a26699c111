package io.oqim.config;

import java.time.Duration;

/** The shortest and the longest that a duration may be. */
public record Span(Duration least, Duration most) {
    public static Span millis(long least, long most) {
        return new Span(Duration.ofMillis(least), Duration.ofMillis(most));
    }

    public static Span seconds(long least, long most) {
        return new Span(Duration.ofSeconds(least), Duration.ofSeconds(most));
    }
}
