package io.oqim;

import static org.assertj.core.api.Assertions.assertThat;

import io.oqim.dev.OqimProcess;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** SIGTERM: the payments in flight are finished and answered, then the process ends. */
class StopIT {
    @Test
    void paymentsInFlightAreFinishedAndAnsweredBeforeTheProcessEnds() throws Exception {
        try (Rig rig = Rig.start()) {
            rig.stopGateway();
            Process oqim =
                    OqimProcess.start(
                            "all",
                            rig.environment(),
                            List.of("-Xmx384m"),
                            Path.of("target", "it", "stop.log"));
            Until.is(() -> paysNow(rig), paid -> paid);
            rig.bank()
                    .put(
                            "/control/latency",
                            "{\"operation\":\"money\",\"distribution\":\"constant\",\"median_ms\":1500}");
            List<Future<Api.Answer>> answers = new ArrayList<>();
            try (ExecutorService payers = Executors.newVirtualThreadPerTaskExecutor()) {
                for (int i = 0; i < 50; i++) {
                    String key = UUID.randomUUID().toString();
                    answers.add(payers.submit(() -> rig.api().pay(key, Api.payment(1_000))));
                }
                try (var database = rig.database()) {
                    Until.is(
                            () ->
                                    database.first(
                                                    "SELECT count(*) FROM payment WHERE status = 'processing'",
                                                    row -> row.getLong(1))
                                            .orElseThrow(),
                            count -> count == 50);
                }

                oqim.destroy();
            }

            for (Future<Api.Answer> answer : answers) {
                assertThat(answer.get().status()).isEqualTo(201);
                assertThat(answer.get().text("status")).isEqualTo("captured");
            }
            assertThat(oqim.waitFor(30, TimeUnit.SECONDS)).isTrue();
            rig.startGateway();
        }
    }

    private static boolean paysNow(Rig rig) {
        try {
            return rig.api().pay(1_000).status() == 201;
        } catch (RuntimeException e) {
            return false;
        }
    }
}
