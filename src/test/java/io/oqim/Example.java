package io.oqim;

import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.CREATE;
import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.Json;
import java.io.File;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** A consumer of examples/, run as its reader would, and treated badly. */
record Example(List<String> command) {
    private static final int ROUNDS = 4;
    private static final int PAYMENTS = 15;

    /** However often it is killed, and Oqim restarted: every event once, in its order. */
    void getsEveryEventOnce(Rig rig) throws Exception {
        long seed = Long.getLong("oqim.seed", System.nanoTime());
        System.out.println("Example " + command.getFirst() + " seed " + seed);
        Random random = new Random(seed);
        Path kept = Files.createTempDirectory(Path.of("target", "it"), "example").resolve("kept");
        int events = head(rig);
        for (int round = 0; round < ROUNDS; round++) {
            Process consumer = start(rig, kept);
            try {
                for (int i = 0; i < PAYMENTS; i++) {
                    events += 2;
                    rig.api().pay(1_000);
                }
                if (round == 1) {
                    rig.stopGateway();
                    rig.startGateway();
                    rig.api().pay(1_000);
                    events += 2;
                }
                int wanted = round == ROUNDS - 1 ? events : random.nextInt(events);
                Until.is(
                        Duration.ofMinutes(1),
                        () -> {
                            assertThat(consumer.isAlive()).as("the example runs").isTrue();
                            return lines(kept).size();
                        },
                        count -> count >= wanted);
            } finally {
                consumer.destroyForcibly().waitFor();
            }
            if (round == 0) {
                // As a crash in the middle of a write leaves it.
                Files.writeString(kept, "{\"seq\":", CREATE, APPEND);
            }
        }
        List<String> all = lines(kept);
        assertThat(all).hasSize(events);
        for (int i = 0; i < events; i++) {
            try (var reader = Json.createReader(new StringReader(all.get(i)))) {
                assertThat(reader.readObject().getInt("seq")).isEqualTo(i + 1);
            }
        }
    }

    /** A key that is not good ends it: another try mends nothing. */
    void stopsForAKeyThatIsNotGood(Rig rig) throws Exception {
        Path kept = Files.createTempDirectory(Path.of("target", "it"), "example").resolve("kept");
        Process consumer = start(rig.api().url(), "oq_test_none", kept);
        try {
            assertThat(consumer.waitFor(30, java.util.concurrent.TimeUnit.SECONDS)).isTrue();
            assertThat(consumer.exitValue()).isNotZero();
        } finally {
            consumer.destroyForcibly().waitFor();
        }
    }

    private static int head(Rig rig) {
        int head = 0;
        while (true) {
            var page = rig.api().get("/v1/events?limit=100&after=" + head).json();
            head = page.getInt("next_after");
            if (!page.getBoolean("has_more")) {
                return head;
            }
        }
    }

    private Process start(Rig rig, Path kept) throws IOException {
        return start(rig.api().url(), rig.key(), kept);
    }

    private Process start(String url, String key, Path kept) throws IOException {
        List<String> all = new ArrayList<>(command);
        all.add(kept.toAbsolutePath().toString());
        ProcessBuilder builder = new ProcessBuilder(all);
        builder.environment().put("OQIM_URL", url);
        builder.environment().put("OQIM_API_KEY", key);
        builder.redirectErrorStream(true)
                .redirectOutput(
                        ProcessBuilder.Redirect.appendTo(
                                new File("target/it/example.log").getAbsoluteFile()));
        return builder.start();
    }

    private static List<String> lines(Path file) {
        try {
            String all = Files.exists(file) ? Files.readString(file) : "";
            return all.substring(0, all.lastIndexOf('\n') + 1).lines().toList();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
