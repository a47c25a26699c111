package io.oqim;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;

/** No virtual thread keeps its carrier while it waits: the JDK's own recorder says so. */
class PinningIT {
    private static final String PINNED = "jdk.VirtualThreadPinned";
    private static final Duration NOTICED = Duration.ofMillis(5);

    /** The ways that a payment can go: settled, declined, silent bank, pending, customer needed. */
    private static final List<Integer> SUFFIXES = List.of(0, 2, 68, 71, 74, 79);

    @Test
    void nothingPinsACarrierWhilePaymentsRunStreamsFollowAndRedisComesAndGoes() throws Exception {
        try (Rig rig = Rig.start(Map.of("stream.max-pages-per-tenant", "1000"));
                ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            // Classes are loaded once; what that blocks is not what is looked for.
            payAndRead(rig, 0);

            List<RecordedEvent> pinned =
                    recorded(
                            () -> {
                                WebSocket stream = follow(rig);
                                pay(rig, callers, 200);
                                rig.redis().stop();
                                pay(rig, callers, 50);
                                rig.redis().restart();
                                pay(rig, callers, 50);
                                stream.abort();
                                return null;
                            });

            assertThat(pinned).as(described(pinned)).isEmpty();
        }
    }

    @Test
    void theRecorderSeesAThreadThatIsPinned() throws Exception {
        List<RecordedEvent> pinned =
                recorded(
                        () -> {
                            Thread.ofVirtual().start(() -> Pins.touch()).join();
                            return null;
                        });

        assertThat(pinned).isNotEmpty();
    }

    /** A thread that waits within a static initializer has a native frame below it. */
    private static final class Pins {
        private static final long WAITED = wait(NOTICED.multipliedBy(10));

        private static long wait(Duration time) {
            LockSupport.parkNanos(time.toNanos());
            return time.toNanos();
        }

        static void touch() {
            assertThat(WAITED).isPositive();
        }
    }

    private static void pay(Rig rig, ExecutorService callers, int count) throws Exception {
        Random random = new Random(7);
        List<Future<?>> all = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int suffix = SUFFIXES.get(random.nextInt(SUFFIXES.size()));
            all.add(callers.submit(() -> payAndRead(rig, suffix)));
        }
        for (Future<?> one : all) {
            one.get();
        }
    }

    private static void payAndRead(Rig rig, int suffix) {
        Api.Answer paid = rig.api().pay(1_000_000 + suffix);
        assertThat(paid.status()).as(paid.body()).isIn(201, 202, 503);
        assertThat(rig.api().get("/v1/payments?limit=5").status()).isEqualTo(200);
        assertThat(rig.api().get("/v1/events?after=0").status()).isEqualTo(200);
    }

    private static WebSocket follow(Rig rig) {
        return HttpClient.newHttpClient()
                .newWebSocketBuilder()
                .header("Authorization", "Bearer " + rig.key())
                .buildAsync(
                        URI.create("ws://127.0.0.1:" + rig.port() + "/v1/stream?after=0"),
                        new WebSocket.Listener() {})
                .join();
    }

    private static List<RecordedEvent> recorded(Callable<?> work) throws Exception {
        Path file = Files.createTempFile("pinned", ".jfr");
        try (Recording recording = new Recording()) {
            recording.enable(PINNED).withThreshold(NOTICED).withStackTrace();
            recording.start();
            work.call();
            recording.stop();
            recording.dump(file);
            // Libraries record events of their own.
            return RecordingFile.readAllEvents(file).stream()
                    .filter(event -> event.getEventType().getName().equals(PINNED))
                    .filter(event -> !loadsAClass(event))
                    .toList();
        } finally {
            Files.delete(file);
        }
    }

    /** Two threads that want the same class for the first time: the JDK's own lock, and once. */
    private static boolean loadsAClass(RecordedEvent event) {
        return event.getString("blockingOperation").equals("Contended monitor enter")
                && event.getStackTrace()
                        .getFrames()
                        .getFirst()
                        .getMethod()
                        .getType()
                        .getName()
                        .startsWith("jdk.internal.loader.");
    }

    private static String described(List<RecordedEvent> events) {
        return events.stream().map(RecordedEvent::toString).collect(Collectors.joining("\n"));
    }
}
