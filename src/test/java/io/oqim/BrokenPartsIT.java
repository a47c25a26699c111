package io.oqim;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Redis and PostgreSQL go away while payments are made, and come back. */
class BrokenPartsIT {
    private static Rig rig;

    @BeforeAll
    static void start() {
        rig = Rig.start();
    }

    @AfterAll
    static void stop() {
        rig.close();
    }

    @Test
    void paymentsGoOnWithoutRedisWithLocalLimitsAndUseItAgainWhenItIsBack() throws IOException {
        Rig.Other limited = rig.otherMerchant(OptionalInt.of(2));
        assertThat(velocityNote(limited, 1_000)).startsWith("counted: card 1");

        rig.redis().stop();
        try {
            assertThat(rig.api().pay(1_000).text("status")).isEqualTo("captured");
            assertThat(velocityNote(limited, 1_000)).startsWith("counted locally: card 1");
            assertThat(rig.admin().get("/health/ready").status())
                    .as("Redis is not readiness")
                    .isEqualTo(200);
        } finally {
            rig.redis().restart();
        }

        // The restarted Redis is empty, so the count begins again; what matters is where it is
        // counted.
        Until.is(
                () -> velocityNote(rig.otherMerchant(OptionalInt.of(5)), 1_000),
                note -> note.startsWith("counted: "));
    }

    @Test
    void aCardThatPaysTooOftenIsDeclinedByRiskAndNoByteReachesTheBank() {
        Rig.Other limited = rig.otherMerchant(OptionalInt.of(2));
        String key = UUID.randomUUID().toString();
        limited.api().pay(key, Api.payment(1_000));
        limited.api().pay(key, Api.payment(1_000));
        limited.api().pay(1_000);
        long before = rig.bank().journal().size();

        Api.Answer third = limited.api().pay(1_000);

        assertThat(third.status()).isEqualTo(201);
        assertThat(third.text("status")).isEqualTo("declined");
        assertThat(third.json().getJsonObject("decline").getString("kind")).isEqualTo("risk");
        assertThat(third.json().getJsonObject("decline").getString("code"))
                .isEqualTo("card_velocity_exceeded");
        assertThat(rig.bank().journal()).hasSize((int) before);
    }

    @Test
    void aDatabaseThatRestartsLosesAndDoublesNothing() throws Exception {
        Rig.Other merchant = rig.otherMerchant();
        Map<String, Api.Answer> paid = new ConcurrentHashMap<>();
        ConcurrentLinkedQueue<String> odd = new ConcurrentLinkedQueue<>();
        AtomicBoolean stop = new AtomicBoolean();
        try (ExecutorService payers = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> paying = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                paying.add(payers.submit(() -> payOn(merchant, stop, paid, odd)));
            }
            Until.is(paid::size, size -> size > 40);
            rig.postgres().crash();
            rig.postgres().restart();
            int before = paid.size();
            Until.is(paid::size, size -> size > before + 40);
            stop.set(true);
            for (Future<?> one : paying) {
                one.get();
            }
        }

        assertThat(odd).isEmpty();
        Until.is(() -> rig.admin().get("/health/ready").status(), status -> status == 200);
        paid.forEach(
                (key, answer) ->
                        assertThat(
                                        merchant.api()
                                                .get("/v1/payments/" + answer.text("id"))
                                                .json()
                                                .getString("status"))
                                .isEqualTo("captured"));
        try (var database = rig.database()) {
            long tenant = merchant.tenant(database);
            Until.is(
                    () ->
                            database.first(
                                            "SELECT count(*) FROM payment WHERE tenant = ? AND status IN ('processing', 'in_doubt')",
                                            row -> row.getLong(1),
                                            tenant)
                                    .orElseThrow(),
                    count -> count == 0);
            List<String> references =
                    database.query(
                            "SELECT reference FROM attempt WHERE tenant = ? AND state = 'approved'",
                            row -> row.getString(1),
                            tenant);
            Map<String, Integer> debits = new ConcurrentHashMap<>();
            rig.bank().journal().stream()
                    .filter(row -> row.getString("effect").equals("debit"))
                    .forEach(row -> debits.merge(row.getString("reference"), 1, Integer::sum));
            assertThat(references)
                    .allSatisfy(reference -> assertThat(debits.get(reference)).isEqualTo(1));
            assertThat(references).hasSizeGreaterThanOrEqualTo(paid.size());
            List<String> all =
                    database.query(
                            "SELECT reference FROM attempt WHERE tenant = ?",
                            row -> row.getString(1),
                            tenant);
            Set<String> givenBack =
                    rig.bank().journal().stream()
                            .filter(row -> row.getString("effect").equals("credit"))
                            .map(row -> row.getString("reference").replace("-void", ""))
                            .collect(Collectors.toSet());
            assertThat(
                            debits.keySet().stream()
                                    .filter(all::contains)
                                    .filter(reference -> !givenBack.contains(reference)))
                    .as("nothing was taken and kept without a captured payment")
                    .containsExactlyInAnyOrderElementsOf(references);
        }
    }

    /** Pays until told to stop; a refusal is tried again with its key, as a merchant would. */
    private static void payOn(
            Rig.Other merchant,
            AtomicBoolean stop,
            Map<String, Api.Answer> paid,
            ConcurrentLinkedQueue<String> odd) {
        while (!stop.get()) {
            String key = UUID.randomUUID().toString();
            Api.Answer answer = merchant.api().pay(key, Api.payment(1_000));
            while (answer.status() == 503 && !stop.get()) {
                answer = merchant.api().pay(key, Api.payment(1_000));
            }
            switch (answer.status()) {
                case 201 -> paid.put(key, answer);
                case 202, 409, 503 -> {}
                default -> odd.add(answer.status() + " " + answer.body());
            }
        }
    }

    private static String velocityNote(Rig.Other merchant, long amount) {
        String id = merchant.api().pay(amount).text("id");
        return merchant
                .api()
                .get("/v1/payments/" + id + "/trace")
                .json()
                .getJsonArray("operations")
                .getJsonObject(0)
                .getJsonArray("legs")
                .stream()
                .map(leg -> leg.asJsonObject())
                .filter(leg -> leg.getString("name").equals("velocity"))
                .map(leg -> leg.getString("note"))
                .findFirst()
                .orElseThrow();
    }
}
