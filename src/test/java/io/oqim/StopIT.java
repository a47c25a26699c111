package io.oqim;

import static org.assertj.core.api.Assertions.assertThat;

import io.oqim.dev.OqimProcess;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
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

    /** As a balancer in front of it needs it, which looks now and then. */
    @Test
    void aProcessThatStopsIsNotReadyAtOnceAndServesOnForItsNoticeAndRefusesNobody()
            throws Exception {
        try (Rig rig = Rig.start(Map.of("server.notice", "1s"));
                Socket idle = new Socket(InetAddress.getLoopbackAddress(), rig.port());
                ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            Api management = rig.admin();
            Queue<Api.Answer> before = new ConcurrentLinkedQueue<>();
            Queue<Api.Answer> after = new ConcurrentLinkedQueue<>();
            AtomicBoolean stopping = new AtomicBoolean();
            List<Future<?>> calling = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                calling.add(
                        callers.submit(
                                () -> {
                                    while (true) {
                                        boolean late = stopping.get();
                                        try {
                                            (late ? after : before).add(rig.api().pay(1_000));
                                        } catch (UncheckedIOException e) {
                                            // Nothing was said: it is tried elsewhere.
                                            return;
                                        }
                                    }
                                }));
            }
            Until.is(before::size, size -> size > 20);
            // A request on this connection, so that it is one of HTTP.
            idle.getOutputStream().write(ascii("GET /openapi.yaml HTTP/1.1\r\nHost: x\r\n\r\n"));
            assertThat(idle.getInputStream().read()).isEqualTo('H');

            Future<?> stopped = callers.submit(rig::stopGateway);
            Until.is(() -> management.get("/health/ready").status(), status -> status == 503);
            stopping.set(true);
            for (Future<?> caller : calling) {
                caller.get();
            }

            assertThat(before).extracting(Api.Answer::status).containsOnly(201);
            assertThat(after).hasSizeGreaterThan(8);
            assertThat(after).extracting(Api.Answer::status).containsOnly(201);
            assertThat(after)
                    .allMatch(answer -> answer.header("Connection").orElse("").equals("close"));
            assertThat(new String(idle.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                    .contains("openapi: 3.1")
                    .doesNotContain("HTTP/1.1 503");
            stopped.get();
            rig.startGateway();
        }
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static boolean paysNow(Rig rig) {
        try {
            return rig.api().pay(1_000).status() == 201;
        } catch (RuntimeException e) {
            return false;
        }
    }
}
