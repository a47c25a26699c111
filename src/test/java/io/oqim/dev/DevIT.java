package io.oqim.dev;

import static org.assertj.core.api.Assertions.assertThat;

import io.oqim.testing.Soon;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code ./mvnw -Pdev} starts, as a new user meets it. */
class DevIT {
    private static final String CARD = "4242424242424242";

    private final HttpClient http = HttpClient.newHttpClient();

    @TempDir Path folder;

    @Test
    void devGetsReadySurvivesAKillKeepsWhatWasAnsweredAndLeavesNothingBehind() throws Exception {
        List<ProcessHandle> all;
        try (DevProcess dev = DevProcess.start(folder)) {
            Map<String, String> env = dev.ready("");
            assertThat(env.keySet())
                    .containsExactlyInAnyOrder(
                            "OQIM_URL",
                            "OQIM_API_KEY",
                            "OQIM_ADMIN_KEY",
                            "OQIM_MANAGEMENT_URL",
                            "OQIM_SANDBOX_URL",
                            "OQIM_DB_URL",
                            "OQIM_REDIS_URL",
                            "OQIM_PID");
            HttpResponse<String> paid = pay(env, "order-1", CARD);
            assertThat(paid.statusCode()).as(paid.body()).isEqualTo(201);
            assertThat(paid.body()).contains("\"status\":\"captured\"");
            // Nonsense that carries the card where it does not belong.
            assertThat(pay(env, CARD, "4242-4242").statusCode()).isEqualTo(422);
            assertThat(get(env, "/v1/idempotency_keys/4242-4242-4242-4242").statusCode())
                    .isEqualTo(404);
            assertThat(get(env, "/v1/payments?" + CARD + "=1").statusCode()).isEqualTo(400);

            ProcessHandle.of(Long.parseLong(env.get("OQIM_PID"))).orElseThrow().destroyForcibly();
            Map<String, String> again = dev.ready(env.get("OQIM_PID"));

            assertThat(again.get("OQIM_API_KEY")).isEqualTo(env.get("OQIM_API_KEY"));
            assertThat(pay(again, "order-1", CARD).body()).isEqualTo(paid.body());
            assertThat(get(again, "/v1/events?after=0").body()).contains("payment.captured");
            // PostgreSQL's own way of starting takes it out of the family.
            ProcessHandle postgres =
                    ProcessHandle.of(
                                    Long.parseLong(
                                            Files.readAllLines(
                                                            folder.resolve(
                                                                    "target/dev/data/postgres/postmaster.pid"))
                                                    .getFirst()))
                            .orElseThrow();
            all = Stream.concat(dev.family(), Stream.of(postgres)).toList();
            assertThat(all)
                    .as("dev, Oqim, sandbox, Redis, PostgreSQL")
                    .hasSizeGreaterThanOrEqualTo(5);
        }
        Soon.until("nothing is left", () -> all.stream().noneMatch(ProcessHandle::isAlive));
        assertNoCardIsWrittenDown();
    }

    private void assertNoCardIsWrittenDown() throws IOException {
        try (Stream<Path> files = Files.walk(folder.resolve("target/dev"))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                if (file.startsWith(folder.resolve("target/dev/data/postgres"))) {
                    continue;
                }
                assertThat(Files.readString(file, java.nio.charset.StandardCharsets.ISO_8859_1))
                        .as(file.toString())
                        .doesNotContain(CARD)
                        .doesNotContain("4242-4242-4242-4242");
            }
        }
    }

    private HttpResponse<String> pay(Map<String, String> env, String key, String card)
            throws Exception {
        String body =
                "{\"amount\":1000,\"currency\":\"UZS\",\"payment_method\":{\"type\":\"card\",\"card\":{\"number\":\"%s\",\"exp_month\":12,\"exp_year\":2030,\"cvc\":\"123\"}}}"
                        .formatted(card);
        return send(
                request(env, "/v1/payments")
                        .header("Idempotency-Key", key)
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(body)));
    }

    private HttpResponse<String> get(Map<String, String> env, String path) throws Exception {
        return send(request(env, path));
    }

    private static HttpRequest.Builder request(Map<String, String> env, String path) {
        return HttpRequest.newBuilder(URI.create(env.get("OQIM_URL") + path))
                .header("Authorization", "Bearer " + env.get("OQIM_API_KEY"));
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }
}
