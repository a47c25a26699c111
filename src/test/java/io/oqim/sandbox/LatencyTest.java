package io.oqim.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class LatencyTest {
    @Test
    void constantIsConstant() {
        Latency latency = Latency.constant(Duration.ofMillis(40));

        assertThat(sample(latency, 1, 10)).containsOnly(Duration.ofMillis(40));
    }

    @Test
    void sameSeedGivesTheSameLatencies() {
        Latency latency = logNormal(Latency.Tail.NONE);

        assertThat(sample(latency, 5, 100)).isEqualTo(sample(latency, 5, 100));
        assertThat(sample(latency, 5, 100)).isNotEqualTo(sample(latency, 6, 100));
    }

    @Test
    void halfOfTheCallsAreFasterThanTheMedian() {
        long faster =
                sample(logNormal(Latency.Tail.NONE), 1, 10_000).stream()
                        .filter(length -> length.compareTo(Duration.ofMillis(180)) < 0)
                        .count();

        assertThat(faster).isBetween(4_800L, 5_200L);
    }

    @Test
    void someCallsTakeAsLongAsTheTail() {
        Latency latency = logNormal(new Latency.Tail(0.1, 90_000));

        assertThat(sample(latency, 1, 10_000))
                .filteredOn(length -> length.equals(Duration.ofSeconds(90)))
                .hasSizeBetween(900, 1_100);
    }

    @Test
    void noCallTakesLongerThanTheMost() {
        Latency latency =
                new Latency(Latency.Distribution.LOG_NORMAL, 60_000, 10, Latency.Tail.NONE);

        assertThat(sample(latency, 1, 1_000))
                .allMatch(length -> length.compareTo(Latency.MAX) <= 0);
    }

    private static Latency logNormal(Latency.Tail tail) {
        return new Latency(Latency.Distribution.LOG_NORMAL, 180, 0.8, tail);
    }

    private static List<Duration> sample(Latency latency, long seed, int count) {
        Random random = new Random(seed);
        return Stream.generate(() -> latency.sample(random)).limit(count).toList();
    }
}
