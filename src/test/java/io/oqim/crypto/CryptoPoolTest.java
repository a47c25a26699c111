package io.oqim.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.oqim.testing.Soon;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class CryptoPoolTest {
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final CryptoPool pool = new CryptoPool(1, 1, registry);
    private final CountDownLatch goOn = new CountDownLatch(1);

    @AfterEach
    void close() {
        goOn.countDown();
        pool.close();
    }

    @Test
    void workRunsOnAPlatformThreadOfThePool() {
        Thread thread = pool.run(Thread::currentThread);

        assertThat(thread.isVirtual()).isFalse();
        assertThat(thread.isDaemon()).isTrue();
        assertThat(thread.getName()).startsWith("crypto-");
    }

    @Test
    void whatIsBeyondTheQueueIsRefusedAtOnce() {
        Thread first = busy();
        Soon.until("one works", () -> gauge("oqim.crypto.active") == 1);
        Thread second = busy();
        Soon.until("one waits", () -> gauge("oqim.crypto.queued") == 1);

        assertThatThrownBy(() -> pool.run(() -> "refused")).isInstanceOf(CryptoPoolFull.class);

        goOn.countDown();
        Soon.ends(first);
        Soon.ends(second);
        assertThat(pool.run(() -> "room again")).isEqualTo("room again");
    }

    @Test
    void aFailureComesBackWithItsCause() {
        IOException cause = new IOException("no");

        assertThatThrownBy(
                        () ->
                                pool.run(
                                        () -> {
                                            throw cause;
                                        }))
                .isInstanceOf(IllegalStateException.class)
                .hasCause(cause);
    }

    @Test
    void anInterruptIsKeptForLater() {
        AtomicReference<String> seen = new AtomicReference<>();
        Thread caller =
                Thread.ofVirtual()
                        .start(
                                () -> {
                                    String result = pool.run(this::waitAndSayDone);
                                    seen.set(result + " " + Thread.currentThread().isInterrupted());
                                });
        Soon.until("it works", () -> gauge("oqim.crypto.active") == 1);
        Soon.waits(caller);

        caller.interrupt();
        goOn.countDown();

        Soon.ends(caller);
        assertThat(seen).hasValue("done true");
    }

    @Test
    void noThreadsAtAllMeansAsManyAsThereAreCores() {
        int cores = Runtime.getRuntime().availableProcessors();
        SimpleMeterRegistry own = new SimpleMeterRegistry();
        try (CryptoPool automatic = new CryptoPool(0, cores, own)) {
            CountDownLatch all = new CountDownLatch(cores);
            for (int i = 0; i < cores; i++) {
                Thread.ofVirtual()
                        .start(
                                () ->
                                        automatic.run(
                                                () -> {
                                                    all.countDown();
                                                    all.await();
                                                    return "side by side";
                                                }));
            }

            Soon.until("as many work at once as there are cores", () -> all.getCount() == 0);
        }
    }

    private Thread busy() {
        return Thread.ofVirtual().start(() -> pool.run(this::waitAndSayDone));
    }

    private String waitAndSayDone() throws InterruptedException {
        goOn.await();
        return "done";
    }

    private double gauge(String name) {
        return registry.get(name).gauge().value();
    }
}
