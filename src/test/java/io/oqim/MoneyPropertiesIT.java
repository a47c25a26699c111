package io.oqim;

import static org.assertj.core.api.Assertions.assertThat;

import io.oqim.store.Database;
import jakarta.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/**
 * Random sequences of operations, one after the other and at once, with a bank that loses, refuses
 * and garbles: what is true of the money in the end is true of every case.
 *
 * <p>Seeded: {@code -Doqim.seed}. {@code -Doqim.cases} payments (10,000 with {@code -Psoak}).
 */
class MoneyPropertiesIT {
    private static final int CASES = Integer.getInteger("oqim.cases", 150);
    private static final int AT_ONCE = 24;
    private static final List<String> CARDS =
            List.of(
                    Api.CARD,
                    Api.CARD,
                    Api.CARD,
                    Api.CARD,
                    "5555555555554444",
                    "4000000000000002",
                    "4000000000003220");

    /** docs/states.md: where each status may lead, besides to itself. */
    private static final Map<String, Set<String>> LEGAL =
            Map.of(
                    "processing",
                    Set.of(
                            "requires_action",
                            "in_doubt",
                            "authorized",
                            "captured",
                            "declined",
                            "failed",
                            "canceled",
                            "expired"),
                    "in_doubt",
                    Set.of(
                            "requires_action",
                            "processing",
                            "authorized",
                            "captured",
                            "declined",
                            "failed",
                            "canceled",
                            "expired"),
                    "requires_action",
                    Set.of(
                            "in_doubt",
                            "authorized",
                            "captured",
                            "declined",
                            "failed",
                            "canceled",
                            "expired"),
                    "authorized",
                    Set.of("partially_captured", "captured", "canceled"),
                    "partially_captured",
                    Set.of("captured"),
                    "captured",
                    Set.of(),
                    "declined",
                    Set.of(),
                    "failed",
                    Set.of(),
                    "canceled",
                    Set.of(),
                    "expired",
                    Set.of());

    /** Something happens to about one call of four that moves money. */
    private static final String FAULTS =
            """
            {"seed":SEED,"rules":[
              {"operation":"money","probability":0.05,"action":"drop_after"},
              {"operation":"money","probability":0.05,"action":"drop_before"},
              {"operation":"money","probability":0.05,"action":"error_500_after"},
              {"operation":"money","probability":0.05,"action":"not_processed_503"},
              {"operation":"money","probability":0.03,"action":"malformed"},
              {"operation":"void_by_reference","probability":0.2,"action":"drop_after"},
              {"operation":"enquiry","probability":0.2,"action":"drop_before"}]}""";

    /** What was answered under a key. */
    private record Told(String path, String body, Api.Answer answer) {}

    private final Map<String, Told> told = new ConcurrentHashMap<>();
    private final Set<Integer> statusesOfCancels = ConcurrentHashMap.newKeySet();

    @Test
    void noMoneyIsLostDoubledOrMadeUpWhateverTheBankDoes() throws Exception {
        long seed = Long.getLong("oqim.seed", System.nanoTime());
        System.out.println("MoneyPropertiesIT seed " + seed + ", " + CASES + " payments");
        try (Rig rig =
                Rig.start(
                        Map.of(
                                "banks.breaker-volume", "10000",
                                "banks.breaker-error-percent", "100",
                                "resolver.challenge-limit", "5s",
                                "ledger.poll", "100ms",
                                "resolver.batch", "1000"))) {
            rig.bank().put("/control/suffixes", "{\"enabled\":false}");
            rig.bank().put("/control/faults", FAULTS.replace("SEED", Long.toString(seed)));
            takesFees(rig);
            runCases(rig, seed);

            rig.bank().put("/control/faults", "[]");

            try (Database database = rig.database()) {
                everythingIsDecided(database);
                amountsAreThoseOfTheOperations(database);
                theLedgerSaysTheSame(database);
                theBankSaysTheSame(rig, database);
                theLogHasNoGap(database);
                everyStepIsLegal(database);
                whatWasToldIsStillTrue(rig, database);
                Shop.assertAuditFindsNothing(rig);
            }
        }
    }

    private static void takesFees(Rig rig) {
        Api.Answer answer =
                rig.admin()
                        .put(
                                "/admin/v1/merchants/"
                                        + io.oqim.store.TypeId.text("mer", rig.merchant())
                                        + "/policy/test",
                                "{\"card_limit\":0,\"settlement_delay\":1,\"fees\":{\"UZS\":{\"fixed\":30,"
                                        + "\"basis_points\":290,\"returned\":true}}}");
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    }

    private void runCases(Rig rig, long seed) throws Exception {
        Semaphore places = new Semaphore(AT_ONCE);
        try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> cases = new ArrayList<>();
            for (int i = 0; i < CASES; i++) {
                places.acquire();
                Random random = new Random(seed + i);
                cases.add(
                        callers.submit(
                                () -> {
                                    try {
                                        return oneCase(rig.api(), random, callers);
                                    } finally {
                                        places.release();
                                    }
                                }));
            }
            for (Future<?> one : cases) {
                one.get();
            }
        }
    }

    /** A payment, and what its merchant does with it. */
    private Void oneCase(Api api, Random random, ExecutorService callers) throws Exception {
        long amount = 1_000L + random.nextInt(1_000_000);
        String more = random.nextBoolean() ? ",\"capture_method\":\"manual\"" : "";
        String card = CARDS.get(random.nextInt(CARDS.size()));
        String body = Api.payment(amount, card, more);
        Api.Answer opened =
                random.nextInt(6) == 0
                        ? sendAndCancel(api, "/v1/payments", body, random)
                        : send(api, "/v1/payments", body, random);
        if (opened.status() != 201 && opened.status() != 202) {
            return null;
        }
        String id = opened.text("id");
        int rounds = 1 + random.nextInt(4);
        for (int round = 0; round < rounds; round++) {
            List<Callable<Api.Answer>> together = new ArrayList<>();
            int width = 1 + random.nextInt(3);
            for (int i = 0; i < width; i++) {
                Random own = new Random(random.nextLong());
                together.add(() -> operate(api, id, amount, own));
            }
            for (Future<Api.Answer> one : callers.invokeAll(together)) {
                one.get();
            }
        }
        return null;
    }

    private Api.Answer operate(Api api, String id, long amount, Random random) {
        String part =
                random.nextInt(4) == 0
                        ? "{}"
                        : "{\"amount\":" + (1 + random.nextInt((int) amount)) + "}";
        return switch (random.nextInt(11)) {
            case 6 -> sendAndCancel(api, "/v1/payments/" + id + "/captures", part, random);
            case 0 -> send(api, "/v1/payments/" + id + "/cancel", "{}", random);
            case 1, 2, 3 -> send(api, "/v1/payments/" + id + "/refunds", part, random);
            case 4 ->
                    send(
                            api,
                            "/v1/payments/" + id + "/captures",
                            part.replace("}", part.length() == 2 ? "" : ",") + "\"final\":true}",
                            random);
            case 5 ->
                    send(
                            api,
                            "/v1/payments/" + id + "/adjustments",
                            "{\"amount\":" + (1 + random.nextInt(2 * (int) amount)) + "}",
                            random);
            default -> send(api, "/v1/payments/" + id + "/captures", part, random);
        };
    }

    /** The client thinks better of it before it has the answer. */
    private Api.Answer sendAndCancel(Api api, String path, String body, Random random) {
        String key = UUID.randomUUID().toString();
        int pause = random.nextInt(20_000_000);
        Thread canceling =
                Thread.ofVirtual()
                        .start(
                                () -> {
                                    LockSupport.parkNanos(pause);
                                    Api.Answer canceled =
                                            api.post(
                                                    "/v1/idempotency_keys/" + key + "/cancel",
                                                    "",
                                                    Map.of());
                                    statusesOfCancels.add(canceled.status());
                                });
        Api.Answer answer = api.post(path, body, Map.of("Idempotency-Key", key));
        try {
            canceling.join();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        if (answer.status() < 300) {
            told.put(key, new Told(path, body, answer));
        }
        return answer;
    }

    /** As a good client does: the same key again while it may help. */
    private Api.Answer send(Api api, String path, String body, Random random) {
        String key = UUID.randomUUID().toString();
        Api.Answer answer = api.post(path, body, Map.of("Idempotency-Key", key));
        for (int i = 0; i < 5 && answer.status() == 503; i++) {
            answer = api.post(path, body, Map.of("Idempotency-Key", key));
        }
        assertThat(answer.status()).as(answer.body()).isIn(201, 202, 409, 503);
        if (answer.status() < 300) {
            told.put(key, new Told(path, body, answer));
            if (random.nextInt(5) == 0) {
                assertThat(api.post(path, body, Map.of("Idempotency-Key", key)).body())
                        .isEqualTo(answer.body());
            }
        }
        return answer;
    }

    private static void everythingIsDecided(Database database) {
        Until.is(
                Duration.ofMinutes(2),
                () ->
                        database.query(
                                "SELECT state, count(*) FROM attempt WHERE next_check_at IS NOT NULL GROUP BY state",
                                row -> row.getString(1) + ": " + row.getLong(2)),
                List::isEmpty);
        assertThat(
                        database.query(
                                "SELECT status FROM operation WHERE status IN ('processing', 'in_doubt')",
                                row -> row.getString(1)))
                .isEmpty();
        assertThat(
                        database.query(
                                "SELECT payment FROM payment WHERE in_doubt_since IS NOT NULL OR pending_capture > 0"
                                        + " OR pending_void > 0 OR pending_refund > 0 OR pending_increase > 0",
                                row -> row.getString(1)))
                .as("nothing is kept for what is decided")
                .isEmpty();
    }

    private static void amountsAreThoseOfTheOperations(Database database) {
        assertThat(
                        database.query(
                                """
                                SELECT p.payment, p.status FROM payment p LEFT JOIN (
                                    SELECT tenant, payment,
                                        sum(amount - before) FILTER (WHERE kind IN ('authorize', 'sale', 'adjust'))
                                            AS authorized,
                                        sum(amount) FILTER (WHERE kind IN ('capture', 'sale')) AS captured,
                                        sum(amount) FILTER (WHERE kind = 'void') AS voided,
                                        sum(amount) FILTER (WHERE kind = 'refund') AS refunded
                                    FROM operation WHERE status = 'succeeded' GROUP BY tenant, payment) o
                                    USING (tenant, payment)
                                WHERE (p.authorized, p.captured, p.voided, p.refunded)
                                    <> (coalesce(o.authorized, 0), coalesce(o.captured, 0),
                                        coalesce(o.voided, 0), coalesce(o.refunded, 0))""",
                                row -> row.getString(1) + " " + row.getString(2)))
                .isEmpty();
    }

    private static void theLedgerSaysTheSame(Database database) {
        assertThat(
                        database.query(
                                """
                                SELECT p.payment FROM payment p LEFT JOIN (
                                    SELECT tenant, payment,
                                        sum(amount) FILTER (WHERE kind = 'capture') AS captured,
                                        sum(amount) FILTER (WHERE kind = 'refund') AS refunded
                                    FROM posting GROUP BY tenant, payment) o USING (tenant, payment)
                                WHERE (p.captured, p.refunded)
                                    <> (coalesce(o.captured, 0), coalesce(o.refunded, 0))""",
                                row -> row.getString(1)))
                .isEmpty();
        assertThat(
                        database.query(
                                """
                                SELECT account FROM ledger_balance b LEFT JOIN (
                                    SELECT tenant, currency, account, sum(debit) AS debits, sum(credit) AS credits
                                    FROM (SELECT tenant, currency, debit AS account, amount AS debit, 0 AS credit
                                            FROM posting UNION ALL
                                        SELECT tenant, currency, credit, 0, amount FROM posting) side
                                    GROUP BY tenant, currency, account) p USING (tenant, currency, account)
                                WHERE (b.debits, b.credits) <> (coalesce(p.debits, 0), coalesce(p.credits, 0))""",
                                row -> row.getString(1)))
                .isEmpty();
    }

    /** What the bank did with the money of one payment. */
    private static final class Moved {
        private long held;
        private long debited;
        private long credited;
        private long released;
        private long capturedFromHold;
    }

    private static void theBankSaysTheSame(Rig rig, Database database) {
        Map<String, String> paymentOf = new HashMap<>();
        database.query(
                "SELECT reference, payment FROM attempt",
                row -> paymentOf.put(row.getString(1), row.getString(2)));
        Map<String, Moved> bank = new HashMap<>();
        Map<String, Integer> debits = new HashMap<>();
        for (JsonObject row : rig.bank().journal()) {
            String reference = row.getString("reference").replace("-void", "");
            String payment = paymentOf.get(reference);
            long amount = row.getJsonNumber("amount").longValue();
            Moved moved = bank.computeIfAbsent(String.valueOf(payment), p -> new Moved());
            switch (row.getString("effect")) {
                case "hold" -> moved.held += amount;
                case "release" -> moved.released += amount;
                case "credit" -> moved.credited += amount;
                case "debit" -> {
                    moved.debited += amount;
                    moved.capturedFromHold +=
                            row.getString("operation").equals("capture") ? amount : 0;
                    debits.merge(reference, 1, Integer::sum);
                }
                default -> {}
            }
            assertThat(payment).as("the bank knows no payment that we do not: %s", row).isNotNull();
        }
        assertThat(debits.values()).as("no reference debits twice").allMatch(count -> count == 1);
        List<String> wrong =
                database.query(
                        "SELECT payment, status, authorized, captured, voided, refunded, capture_method FROM payment",
                        row -> {
                            Moved moved = bank.getOrDefault(row.getString(1), new Moved());
                            long taken = row.getLong("captured") - row.getLong("refunded");
                            long open =
                                    row.getString("capture_method").equals("manual")
                                            ? row.getLong("authorized")
                                                    - row.getLong("captured")
                                                    - row.getLong("voided")
                                            : 0;
                            boolean same =
                                    taken == moved.debited - moved.credited
                                            && open
                                                    == moved.held
                                                            - moved.released
                                                            - moved.capturedFromHold;
                            return same
                                    ? ""
                                    : "%s %s: we took %d and hold %d, the bank %d and %d"
                                            .formatted(
                                                    row.getString(1),
                                                    row.getString(2),
                                                    taken,
                                                    open,
                                                    moved.debited - moved.credited,
                                                    moved.held
                                                            - moved.released
                                                            - moved.capturedFromHold);
                        });
        assertThat(wrong).filteredOn(line -> !line.isEmpty()).isEmpty();
    }

    private static void theLogHasNoGap(Database database) {
        assertThat(
                        database.query(
                                "SELECT count(*), min(seq), max(seq) FROM event GROUP BY tenant",
                                row -> row.getLong(1) == row.getLong(3) && row.getLong(2) == 1))
                .containsOnly(true);
    }

    /** What an event says of a payment's status may follow what the one before said. */
    private static void everyStepIsLegal(Database database) {
        Map<String, String> last = new HashMap<>();
        List<String> wrong =
                database.query(
                        "SELECT payment::text, convert_from(body, 'UTF8')::jsonb #>> '{data,status}' FROM event"
                                + " ORDER BY tenant, seq",
                        row -> {
                            String payment = row.getString(1);
                            String to = row.getString(2);
                            String from = last.getOrDefault(payment, "processing");
                            last.put(payment, to);
                            boolean legal =
                                    from.equals(to)
                                            || LEGAL.getOrDefault(from, Set.of()).contains(to);
                            return legal ? "" : payment + ": " + from + " to " + to;
                        });
        assertThat(wrong).isNotEmpty().filteredOn(line -> !line.isEmpty()).isEmpty();
    }

    /** Final statuses that were answered have not changed, and every key gives its bytes again. */
    private void whatWasToldIsStillTrue(Rig rig, Database database) {
        Map<String, String> statuses = new HashMap<>();
        database.query(
                "SELECT operation, status FROM operation",
                row ->
                        statuses.put(
                                io.oqim.store.TypeId.text("op", row.getObject(1, UUID.class)),
                                row.getString(2)));
        Map<String, String> payments = new HashMap<>();
        database.query(
                "SELECT payment, status FROM payment",
                row ->
                        payments.put(
                                io.oqim.store.TypeId.text("pay", row.getObject(1, UUID.class)),
                                row.getString(2)));
        assertThat(statusesOfCancels).isSubsetOf(200, 202, 409, 503);
        int checked = 0;
        for (Map.Entry<String, Told> entry : told.entrySet()) {
            Told one = entry.getValue();
            if (one.path().equals("/v1/payments")) {
                String status = one.answer().text("status");
                String now = payments.get(one.answer().text("id"));
                assertThat(now).as("what was acknowledged is there").isNotNull();
                if (LEGAL.get(status).isEmpty()) {
                    assertThat(now).isEqualTo(status);
                }
            }
            if (one.answer().status() == 201 && !one.path().equals("/v1/payments")) {
                JsonObject operation = one.answer().json().getJsonObject("operation");
                assertThat(statuses.get(operation.getString("id")))
                        .isEqualTo(operation.getString("status"));
            }
            if (checked++ < 200) {
                assertThat(
                                rig.api()
                                        .post(
                                                one.path(),
                                                one.body(),
                                                Map.of("Idempotency-Key", entry.getKey()))
                                        .body())
                        .isEqualTo(one.answer().body());
            }
        }
        System.out.println(
                "MoneyPropertiesIT: "
                        + told.size()
                        + " answers kept, operations "
                        + database.query(
                                "SELECT kind || ' ' || status || ' ' || count(*) FROM operation GROUP BY kind, status"
                                        + " ORDER BY kind, status",
                                row -> row.getString(1)));
    }
}
