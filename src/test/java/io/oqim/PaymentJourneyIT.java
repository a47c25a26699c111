package io.oqim;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** One payment from the request to bank, ledger and log, as a merchant sees it. */
class PaymentJourneyIT {
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
    void anAutomaticPaymentIsCapturedDebitedOnceAndTold() {
        Api.Answer answer = rig.api().pay(125_000);

        assertThat(answer.status()).isEqualTo(201);
        JsonObject payment = answer.json();
        assertThat(payment.getString("status")).isEqualTo("captured");
        assertThat(payment.getInt("amount_captured")).isEqualTo(125_000);
        assertThat(payment.getInt("amount_refundable")).isEqualTo(125_000);
        assertThat(payment.getJsonObject("payment_method").getJsonObject("card").getString("last4"))
                .isEqualTo("4242");
        assertThat(payment.getBoolean("test")).isTrue();
        String id = payment.getString("id");
        assertThat(answer.header("Location")).contains("/v1/payments/" + id);
        long seq = Long.parseLong(answer.header("Event-Seq").orElseThrow());
        assertThat(rig.api().get("/v1/payments/" + id + "?min_seq=" + seq).body())
                .isEqualTo(answer.body());
        assertThat(rig.api().eventTypes(id)).containsExactly("payment.created", "payment.captured");
        JsonObject operation =
                rig.api()
                        .get("/v1/payments/" + id + "/operations")
                        .json()
                        .getJsonArray("data")
                        .getJsonObject(0);
        assertThat(operation.getString("kind")).isEqualTo("sale");
        String reference =
                operation.getJsonArray("attempts").getJsonObject(0).getString("reference");
        assertThat(rig.bank().journal())
                .filteredOn(row -> row.getString("reference").equals(reference))
                .singleElement()
                .satisfies(row -> assertThat(row.getString("effect")).isEqualTo("debit"));
    }

    @Test
    void aManualPaymentIsAuthorizedAndHoldsTheMoney() {
        Api.Answer answer =
                rig.api()
                        .pay(
                                UUID.randomUUID().toString(),
                                Api.payment(5_000, Api.CARD, ",\"capture_method\":\"manual\""));

        assertThat(answer.status()).isEqualTo(201);
        assertThat(answer.text("status")).isEqualTo("authorized");
        assertThat(answer.json().getInt("amount_capturable")).isEqualTo(5_000);
        assertThat(answer.json().getInt("amount_captured")).isZero();
        assertThat(rig.api().eventTypes(answer.text("id")))
                .containsExactly("payment.created", "payment.authorized");
    }

    @Test
    void theSameRequestSentFiftyTimesAtOnceIsOnePaymentOneDebitAndOneBody() throws Exception {
        String key = UUID.randomUUID().toString();
        String body = Api.payment(77_700);
        long before = rig.bank().debits();
        List<Future<Api.Answer>> answers = new ArrayList<>();
        CountDownLatch go = new CountDownLatch(1);

        try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 50; i++) {
                answers.add(
                        callers.submit(
                                () -> {
                                    go.await();
                                    return rig.api().pay(key, body);
                                }));
            }
            go.countDown();
        }

        Set<String> bodies = new HashSet<>();
        Set<String> seqs = new HashSet<>();
        int first = 0;
        for (Future<Api.Answer> answer : answers) {
            assertThat(answer.get().status()).isEqualTo(201);
            bodies.add(answer.get().body());
            seqs.add(answer.get().header("Event-Seq").orElseThrow());
            first += answer.get().header("Idempotent-Replayed").isPresent() ? 0 : 1;
        }
        assertThat(bodies).hasSize(1);
        assertThat(seqs).hasSize(1);
        assertThat(first).isEqualTo(1);
        assertThat(rig.bank().debits() - before).isEqualTo(1);
    }

    @Test
    void aRetryIsAnsweredByteForByteAlsoWhenTheKeyIsQuoted() {
        String key = UUID.randomUUID().toString();
        Api.Answer first = rig.api().pay(key, Api.payment(4_000));

        Api.Answer again = rig.api().pay("\"" + key + "\"", Api.payment(4_000));

        assertThat(again.body()).isEqualTo(first.body());
        assertThat(again.status()).isEqualTo(first.status());
        assertThat(again.header("Event-Seq")).isEqualTo(first.header("Event-Seq"));
        assertThat(again.header("Idempotent-Replayed")).contains("true");
        assertThat(first.header("Idempotent-Replayed")).isEmpty();
    }

    @Test
    void aKeyThatIsUsedForAnotherRequestIsRefusedButAnotherCvcIsNotAnotherRequest() {
        String key = UUID.randomUUID().toString();
        Api.Answer first = rig.api().pay(key, Api.payment(4_100));

        Api.Answer other = rig.api().pay(key, Api.payment(4_200));
        Api.Answer otherCvc = rig.api().pay(key, Api.payment(4_100).replace("\"123\"", "\"999\""));

        assertThat(other.status()).isEqualTo(422);
        assertThat(other.code()).isEqualTo("idempotency_key_reused");
        assertThat(otherCvc.body()).isEqualTo(first.body());
    }

    @Test
    void aKeyTellsWhatBecameOfALostAnswer() {
        String key = UUID.randomUUID().toString();
        Api.Answer first = rig.api().pay(key, Api.payment(4_300));

        Api.Answer told = rig.api().get("/v1/idempotency_keys/" + key);

        assertThat(told.json().getString("state")).isEqualTo("answered");
        assertThat(told.json().getJsonObject("payment").getString("id"))
                .isEqualTo(first.text("id"));
        assertThat(rig.api().get("/v1/idempotency_keys/never-used").status()).isEqualTo(404);
    }

    @Test
    void theTraceShowsEveryLegOfTheFanOut() {
        String id = rig.api().pay(4_400).text("id");

        JsonObject trace = rig.api().get("/v1/payments/" + id + "/trace").json();

        List<String> legs = new ArrayList<>();
        trace.getJsonArray("operations")
                .getJsonObject(0)
                .getJsonArray("legs")
                .forEach(
                        leg -> {
                            legs.add(leg.asJsonObject().getString("name"));
                            assertThat(leg.asJsonObject().getInt("end_micros"))
                                    .isGreaterThanOrEqualTo(
                                            leg.asJsonObject().getInt("start_micros"));
                        });
        assertThat(legs)
                .containsExactlyInAnyOrder(
                        "commit_1", "lists", "velocity", "bank_risk_check", "bank_sale");
    }

    @Test
    void anotherTenantSeesNothingOfIt() {
        String id = rig.api().pay(4_500).text("id");
        Rig.Other other = rig.otherMerchant();

        assertThat(other.api().get("/v1/payments/" + id).status()).isEqualTo(404);
        assertThat(other.api().get("/v1/payments/" + id + "/trace").status()).isEqualTo(404);
        assertThat(other.api().get("/v1/payments").json().getJsonArray("data")).isEmpty();
        assertThat(other.api().get("/v1/events").json().getJsonArray("data")).isEmpty();
    }

    @Test
    void aLiveKeyWithoutABankIsToldSo() {
        String live = rig.liveKey();

        Api.Answer answer = rig.api(live).pay(4_600);

        assertThat(answer.status()).isEqualTo(422);
        assertThat(answer.code()).isEqualTo("no_bank_configured");
    }

    @Test
    void listsAreNewestFirstAndPagesDoNotOverlap() {
        Rig.Other other = rig.otherMerchant();
        List<String> made = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            String more =
                    ",\"reference\":\"order-%d\",\"metadata\":{\"n\":\"%d\"}".formatted(i, i % 2);
            made.addFirst(
                    other.api()
                            .pay(
                                    UUID.randomUUID().toString(),
                                    Api.payment(1_000 + i * 10_000, Api.CARD, more))
                            .text("id"));
        }

        List<String> seen = new ArrayList<>();
        String after = "";
        do {
            JsonObject page = other.api().get("/v1/payments?limit=2" + after).json();
            page.getJsonArray("data").forEach(p -> seen.add(p.asJsonObject().getString("id")));
            after = page.getBoolean("has_more") ? "&after=" + page.getString("next_after") : "";
        } while (!after.isEmpty());

        assertThat(seen).isEqualTo(made);
        assertThat(ids(other.api().get("/v1/payments?reference=order-3")))
                .containsExactly(made.get(1));
        assertThat(
                        ids(
                                other.api()
                                        .get(
                                                "/v1/payments?metadata[n]=1"
                                                        .replace("[", "%5B")
                                                        .replace("]", "%5D"))))
                .containsExactly(made.get(1), made.get(3));
        assertThat(ids(other.api().get("/v1/payments?status=declined"))).isEmpty();
        assertThat(
                        ids(
                                other.api()
                                        .get(
                                                "/v1/payments?created_gte=2000-01-01T00:00:00Z&status=captured")))
                .hasSize(5);
    }

    @Test
    void theLedgerBalancesAndHoldsWhatWasCaptured() {
        Rig.Other other = rig.otherMerchant();
        other.api().pay(10_000);
        other.api().pay(20_000);
        other.api().pay(UUID.randomUUID().toString(), Api.payment(40_000, "4000000000000002", ""));

        try (var database = rig.database()) {
            long tenant = other.tenant(database);
            var sums =
                    database.query(
                            "SELECT account, debits - credits FROM ledger_balance WHERE tenant = ? ORDER BY account",
                            row -> row.getString(1) + "=" + row.getLong(2),
                            tenant);
            assertThat(sums)
                    .containsExactly(
                            "bank:alpha:receivable=30000", "merchant:payable:pending=-30000");
            var postings =
                    database.query(
                            "SELECT count(*), sum(amount) FROM posting WHERE tenant = ?",
                            row -> row.getLong(1) + "/" + row.getLong(2),
                            tenant);
            assertThat(postings).containsExactly("2/30000");
        }
    }

    @Test
    void cardNumbersAreNowhereInTheDatabaseOrTheMetrics() {
        rig.api().pay(4_700);
        rig.api().pay(1_230_074);
        rig.api().pay(UUID.randomUUID().toString(), Api.payment(5_000, "4000000000000002", ""));

        try (var database = rig.database()) {
            List<String> tables =
                    database.query(
                            "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename NOT LIKE 'event_%'"
                                    + " AND has_table_privilege(format('%I.%I', schemaname, tablename), 'SELECT')",
                            row -> row.getString(1));
            assertThat(tables).contains("payment", "event", "stored_response", "trace", "evidence");
            for (String table : tables) {
                List<String> rows =
                        database.query(
                                "SELECT t::text FROM " + table + " t", row -> row.getString(1));
                assertThat(rows)
                        .as(table)
                        .noneMatch(
                                row ->
                                        readable(row)
                                                .matches(
                                                        "(?s).*(4242424242424242|4000000000000002).*"));
            }
        }
        assertThat(rig.admin().get("/metrics").body()).doesNotContain("4242424242424242");
    }

    /** A row with its bytes as text, which PostgreSQL shows as {@code \\x...}. */
    private static String readable(String row) {
        return Pattern.compile("\\\\+x((?:[0-9a-f]{2})+)")
                .matcher(row)
                .replaceAll(
                        bytes ->
                                Matcher.quoteReplacement(
                                        new String(
                                                HexFormat.of().parseHex(bytes.group(1)),
                                                StandardCharsets.ISO_8859_1)));
    }

    @Test
    void bytesAreLookedThroughForCardNumbersToo() {
        String hex = HexFormat.of().formatHex("4242424242424242".getBytes(StandardCharsets.UTF_8));
        assertThat(readable("(1,\"\\\\x" + hex + "\")")).contains("4242424242424242");
    }

    static List<String> ids(Api.Answer list) {
        List<String> ids = new ArrayList<>();
        list.json().getJsonArray("data").forEach(p -> ids.add(p.asJsonObject().getString("id")));
        return ids;
    }

    @Test
    void headersOfAPaymentsAnswerAreComplete() {
        Api.Answer answer =
                rig.api()
                        .post(
                                "/v1/payments",
                                Api.payment(4_800),
                                Map.of(
                                        "Idempotency-Key",
                                        UUID.randomUUID().toString(),
                                        "Payment-Deadline",
                                        "8"));

        assertThat(answer.status()).isEqualTo(201);
        assertThat(answer.header("Request-Id").orElse("")).startsWith("req_");
        assertThat(answer.header("Content-Type")).contains("application/json");
    }
}
