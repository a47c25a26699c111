package io.oqim.payment;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class RetryAfterTest {
    private long now = 0;
    private final RetryAfter retryAfter = new RetryAfter(Duration.ofSeconds(10), () -> now);

    @Test
    void whoeverFindsNoRoomOnceComesBackSoon() {
        assertThat(second(1, 100)).isEqualTo(1);
        assertThat(second(1, 100)).isEqualTo(1);
    }

    @Test
    void whereMoreAreRefusedThanGetThroughTheyComeBackLater() {
        int told = 1;
        for (int i = 0; i < 20; i++) {
            // A thousand wait, and come back after as long as they were told; room is for 200.
            told = second(1_000 / told, 200);
        }

        assertThat(told).isBetween(4, 6);
    }

    @Test
    void nobodyIsToldToWaitForLongerThanTheMost() {
        for (int i = 0; i < 20; i++) {
            assertThat(second(1_000, 0)).isLessThanOrEqualTo(10);
        }
        assertThat(second(1_000, 0)).isEqualTo(10);
    }

    @Test
    void onceThereIsRoomForAllTheyComeBackSoon() {
        for (int i = 0; i < 20; i++) {
            int ignored = second(1_000, 0);
        }
        for (int i = 0; i < 10; i++) {
            int ignored = second(0, 100);
        }

        assertThat(second(1, 100)).isEqualTo(1);
    }

    @Test
    void whatWasLongAgoDoesNotCount() {
        for (int i = 0; i < 20; i++) {
            int ignored = second(1_000, 0);
        }
        now += Duration.ofMinutes(1).toNanos();

        assertThat(retryAfter.refused()).isEqualTo(Duration.ofSeconds(1));
    }

    /** What the last of these is told. */
    private int second(int refused, int admitted) {
        now += Duration.ofSeconds(1).toNanos();
        for (int i = 0; i < admitted; i++) {
            retryAfter.admitted();
        }
        Duration told = Duration.ofSeconds(1);
        for (int i = 0; i < refused; i++) {
            told = retryAfter.refused();
        }
        return (int) told.toSeconds();
    }
}
