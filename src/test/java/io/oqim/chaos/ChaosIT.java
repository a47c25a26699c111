package io.oqim.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * One of the faults, on a smaller fleet; all of them with {@code -Psoak} and by {@code
 * bench/chaos}.
 *
 * <p>Seeded: {@code -Doqim.seed}. {@code -Doqim.chaos.faults} of them, in which a process stands
 * still for {@code -Doqim.chaos.pause} seconds.
 */
class ChaosIT {
    private static final int FAULTS = Integer.getInteger("oqim.chaos.faults", 1);
    private static final int PAUSE = Integer.getInteger("oqim.chaos.pause", 5);
    private static final int GATEWAYS = Integer.getInteger("oqim.chaos.gateways", 2);

    @Test
    @Timeout(value = 40 * 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void whateverIsKilledOrCutOffNothingIsLostOrTakenTwiceAndNoEventIsMissing() throws Exception {
        Chaos.Plan plan =
                new Chaos.Plan(
                        Long.getLong("oqim.seed", System.nanoTime()),
                        50,
                        Duration.ofSeconds(PAUSE),
                        Duration.ofSeconds(PAUSE),
                        Duration.ofSeconds(2),
                        FAULTS,
                        "",
                        new Fleet.Size(GATEWAYS, 1, 1));

        assertThat(new Chaos(plan).run()).isEmpty();
    }
}
