package io.oqim;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * How soon after its bank can answer again an outcome in doubt is settled, with the resolver's
 * times as they are by default. Prints it; the machine is shared, so no time is asserted.
 */
class SettlingTimeIT {
    private static final Duration OUTAGE = Duration.ofSeconds(Integer.getInteger("oqim.outage", 7));

    @ParameterizedTest(name = "{0} outcomes in doubt")
    @ValueSource(ints = {1, 300})
    void allThatIsInDoubtIsSettledOnceTheBankAnswersAgain(int payments) throws Exception {
        try (Rig rig =
                Rig.start(
                        Map.of(
                                "resolver.schedule", "1s,2s,5s,15s,1m,5m",
                                "resolver.poll", "500ms",
                                "resolver.tombstone-after", "10s",
                                "banks.breaker-volume", "10000"))) {
            rig.bank().put("/control/faults", rules());
            List<Api.Answer> doubtful = pay(rig, payments);
            assertThat(doubtful).allMatch(answer -> answer.status() == 202);
            LockSupport.parkNanos(OUTAGE.toNanos());

            rig.bank().put("/control/faults", "[]");
            Instant answers = Instant.now();

            List<Long> millis = new ArrayList<>();
            for (Api.Answer one : doubtful) {
                JsonObject payment =
                        Until.is(
                                Duration.ofMinutes(2),
                                () -> rig.api().get("/v1/payments/" + one.text("id")).json(),
                                now -> now.getString("status").equals("captured"));
                millis.add(
                        Duration.between(answers, Instant.parse(payment.getString("updated")))
                                .toMillis());
            }
            millis.sort(null);
            System.out.printf(
                    "SettlingTimeIT: %d in doubt for %d s; settled after the bank answered: half in %d ms, 99 %% in %d"
                            + " ms, all in %d ms%n",
                    payments,
                    OUTAGE.toSeconds(),
                    millis.get(payments / 2),
                    millis.get(Math.min(payments - 1, payments * 99 / 100)),
                    millis.getLast());
            Shop.assertAuditFindsNothing(rig);
        }
    }

    /** It does what it is asked for, and says nothing. */
    private static String rules() {
        return "[{\"operation\":\"sale\",\"probability\":1,\"action\":\"drop_after\"},"
                + "{\"operation\":\"enquiry\",\"probability\":1,\"action\":\"drop_before\"}]";
    }

    private static List<Api.Answer> pay(Rig rig, int payments) throws Exception {
        try (ExecutorService payers = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Api.Answer>> paying = new ArrayList<>();
            for (int i = 0; i < payments; i++) {
                paying.add(
                        payers.submit(
                                () ->
                                        rig.api()
                                                .pay(
                                                        UUID.randomUUID().toString(),
                                                        Api.payment(10_000))));
            }
            List<Api.Answer> answers = new ArrayList<>();
            for (Future<Api.Answer> one : paying) {
                answers.add(one.get());
            }
            return answers;
        }
    }
}
