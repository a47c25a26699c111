package io.oqim;

import static org.assertj.core.api.Assertions.assertThat;

import io.oqim.store.Database;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Workers share what is open: each attempt is asked about by one of them at a time. */
class LeasesIT {
    private static final int OPEN = 30;
    private static final Pattern ENQUIRIES =
            Pattern.compile(
                    "oqim_bank_calls_seconds_count\\{[^}]*operation=\"enquire\"[^}]*} ([0-9.]+)");

    @Test
    void manyWorkersAskABankOnceAboutEachAttempt() {
        try (Rig rig = Rig.start(Map.of("resolver.poll", "1m", "banks.breaker-volume", "1000"))) {
            List<String> open = inDoubt(rig);
            rig.stopGateway();
            rig.bank()
                    .put(
                            "/control/latency",
                            "{\"operation\":\"enquiry\",\"distribution\":\"constant\",\"median_ms\":300}");
            Map<String, String> eager = Map.of("resolver.poll", "20ms");
            try (Rig.Neighbour one = rig.neighbour(Role.WORKER, eager);
                    Rig.Neighbour two = rig.neighbour(Role.WORKER, eager);
                    Rig.Neighbour three = rig.neighbour(Role.WORKER, eager);
                    Rig.Neighbour gateway = rig.neighbour(Role.GATEWAY, Map.of())) {
                allAre(gateway.api(), open, "captured");

                assertThat(enquiries(one) + enquiries(two) + enquiries(three)).isEqualTo(OPEN);
            }
            rig.startGateway();
        }
    }

    @Test
    void whatAWorkerThatDiedHadTakenIsTakenUpWhenItsLeaseIsOver() throws Exception {
        try (Rig rig = Rig.start(Map.of("resolver.poll", "1m", "banks.breaker-volume", "1000"))) {
            List<String> open = inDoubt(rig);
            rig.stopGateway();
            // As a worker leaves them that was killed in the middle.
            rig.postgres()
                    .admin(
                            rig.databaseName(),
                            "UPDATE attempt SET leased_until = now() + interval '2 seconds', fence = fence + 1,"
                                    + " next_check_at = now() WHERE next_check_at IS NOT NULL");
            try (Rig.Neighbour worker =
                            rig.neighbour(Role.WORKER, Map.of("resolver.poll", "20ms"));
                    Rig.Neighbour gateway = rig.neighbour(Role.GATEWAY, Map.of())) {
                assertThat(enquiries(worker)).as("while the lease stands").isZero();

                allAre(gateway.api(), open, "captured");
            }
            rig.startGateway();
        }
    }

    @Test
    void whenABankAnswersAgainAllThatWaitsForItIsAskedAboutAtOnce() {
        try (Rig rig =
                Rig.start(
                        Map.of(
                                "resolver.schedule", "100ms,10m",
                                "banks.breaker-volume", "1000"))) {
            rig.bank()
                    .put(
                            "/control/faults",
                            "[{\"operation\":\"enquiry\",\"probability\":1,\"action\":\"drop_before\"}]");
            List<String> open = inDoubt(rig);
            try (Database database = rig.database()) {
                // Each was asked about in vain, and would be again in ten minutes or so.
                Until.is(
                        () ->
                                database.first(
                                                "SELECT count(*) FROM attempt WHERE checks > 0",
                                                row -> row.getLong(1))
                                        .orElseThrow(),
                        count -> count == OPEN);
            }
            rig.bank().put("/control/faults", "[]");

            // One more outcome that is asked about soon shows that the bank is back.
            open.add(rig.api().pay(1_230_068).text("id"));

            allAre(rig.api(), open, "captured");
        }
    }

    private static List<String> inDoubt(Rig rig) {
        List<String> open = new ArrayList<>();
        for (int i = 0; i < OPEN; i++) {
            Api.Answer answer = rig.api().pay(1_230_068);
            assertThat(answer.text("status")).isEqualTo("in_doubt");
            open.add(answer.text("id"));
        }
        return open;
    }

    private static void allAre(Api api, List<String> payments, String status) {
        for (String payment : payments) {
            Until.is(
                    Duration.ofSeconds(30),
                    () -> api.get("/v1/payments/" + payment).text("status"),
                    status::equals);
        }
    }

    private static int enquiries(Rig.Neighbour worker) {
        Matcher matcher = ENQUIRIES.matcher(worker.management().get("/metrics").body());
        int sum = 0;
        while (matcher.find()) {
            sum += (int) Double.parseDouble(matcher.group(1));
        }
        return sum;
    }
}
