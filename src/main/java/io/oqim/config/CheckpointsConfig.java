package io.oqim.config;

import java.time.Duration;

/** Signed statements about logs, and for how long logs are kept. */
public record CheckpointsConfig(
        Secret key, Duration every, long events, Duration poll, int batch, int keepDays) {
    private static final int KEY_LENGTH = 32;

    static CheckpointsConfig read(Settings s) {
        Secret key =
                s.secret(
                        "checkpoints.key",
                        "signs checkpoints; at least 32 characters. Empty takes one that is derived from crypto.key."
                                + " Another one signs from the next start on; what older ones have signed stays good");
        if (!key.isEmpty() && key.reveal().length() < KEY_LENGTH) {
            s.problem(
                    "checkpoints.key",
                    "must have at least "
                            + KEY_LENGTH
                            + " characters, but has "
                            + key.reveal().length());
        }
        return new CheckpointsConfig(
                key,
                s.duration(
                        "checkpoints.every",
                        Duration.ofMinutes(10),
                        Span.millis(10, 86_400_000),
                        "how often a log that grows gets a checkpoint"),
                s.count(
                        "checkpoints.events",
                        10_000,
                        Bounds.of(1, 1_000_000_000),
                        "events after which it gets one earlier"),
                s.duration(
                        "checkpoints.poll",
                        Duration.ofSeconds(10),
                        Span.millis(10, 3_600_000),
                        "how often logs that need one are looked for"),
                s.integer(
                        "checkpoints.batch",
                        500,
                        Bounds.of(1, 100_000),
                        "logs that are looked for at once"),
                s.integer(
                        "events.keep-days",
                        400,
                        Bounds.of(31, 36_500),
                        "days for which events are kept at least; whole months are removed"));
    }
}
