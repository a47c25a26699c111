package io.oqim.concurrent;

import static org.assertj.core.api.Assertions.assertThat;

import io.oqim.testing.Soon;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PulseTest {
    @Test
    void itRisesWhileAllCoresComputeAndFallsAfterwards() throws Exception {
        List<Thread> busy = new ArrayList<>();
        try (Pulse pulse = new Pulse()) {
            pulse.start();
            long millis = Duration.ofMillis(5).toNanos();
            for (int i = 0; i < 2 * Runtime.getRuntime().availableProcessors(); i++) {
                busy.add(Thread.ofVirtual().start(PulseTest::compute));
            }
            Soon.until("more to compute than cores", () -> pulse.delay() > millis);

            busy.forEach(Thread::interrupt);
            Soon.until("cores are free", () -> pulse.delay() < millis);
        }
        for (Thread thread : busy) {
            assertThat(thread.join(Duration.ofSeconds(10))).isTrue();
        }
    }

    /** Without ever letting another thread have the carrier. */
    private static void compute() {
        long sum = 0;
        while (!Thread.currentThread().isInterrupted()) {
            sum += System.nanoTime();
        }
        assertThat(sum).isNotZero();
    }
}
