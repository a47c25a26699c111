package io.oqim.concurrent;

import static org.assertj.core.api.Assertions.assertThat;

import io.oqim.testing.Soon;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class FanOutStrictTest {
    @Test
    void closingDropsCancellableLegsBeforeItWaitsForJoinedOnes() {
        CountDownLatch goOn = new CountDownLatch(1);
        CountDownLatch begun = new CountDownLatch(1);
        AtomicBoolean interrupted = new AtomicBoolean();
        FanOut fan = FanOut.within(Duration.ofMinutes(1));
        fan.joined(
                "commit",
                () -> {
                    goOn.await();
                    return "";
                });
        fan.cancellable(
                "check",
                () -> {
                    begun.countDown();
                    try {
                        goOn.await();
                    } catch (InterruptedException e) {
                        interrupted.set(true);
                    }
                    return "";
                });
        Soon.until("it has begun", () -> begun.getCount() == 0);
        Thread closer = Thread.ofPlatform().daemon().start(fan::close);
        Soon.waits(closer);

        boolean dropped = fan.timings().get(1).outcome().equals("dropped");
        goOn.countDown();
        Soon.ends(closer);

        assertThat(dropped).isTrue();
        assertThat(interrupted).isTrue();
    }
}
