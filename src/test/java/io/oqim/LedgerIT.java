package io.oqim;

import static org.assertj.core.api.Assertions.assertThat;

import io.oqim.store.Database;
import io.oqim.store.TypeId;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.StringReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The books of a tenant: fees, what becomes available when, and how they are read. */
class LedgerIT {
    private static final int ENTRIES = Integer.getInteger("oqim.ledger.entries", 300_000);
    private static Rig rig;

    @BeforeAll
    static void start() {
        rig = Rig.start(Map.of("ledger.poll", "50ms", "banks.breaker-volume", "1000"));
    }

    @AfterAll
    static void stop() {
        Shop.assertAuditFindsNothing(rig);
        rig.close();
    }

    @Test
    void aCaptureIsPendingLessItsFeeAndAvailableWhenItsTimeHasCome() {
        Rig.Other other =
                tenant(
                        "{\"settlement_delay\":1,\"fees\":{\"UZS\":{\"fixed\":30,\"basis_points\":290}}}");

        Api.Answer payment = other.api().pay(10_000);

        assertThat(payment.json().getInt("amount_fee")).isEqualTo(320);
        assertThat(balance(other)).isEqualTo("pending 9680, available 0, reserved 0");
        Until.is(() -> balance(other), "pending 0, available 9680, reserved 0"::equals);
        assertThat(entries(other))
                .containsExactly(
                        "capture 10000: bank:alpha:receivable <- merchant:payable:pending",
                        "fee 320: merchant:payable:pending <- fees",
                        "available 9680: merchant:payable:pending <- merchant:payable:available");
    }

    @Test
    void aRefundIsChargedToWhatIsAvailableAndTheFeeStays() {
        Rig.Other other = tenant("{\"fees\":{\"UZS\":{\"basis_points\":100}}}");
        String id = other.api().pay(10_000).text("id");

        Api.Answer refund = refund(other, id, 4_000);

        assertThat(Shop.payment(refund).getInt("amount_fee")).isEqualTo(100);
        assertThat(balance(other)).isEqualTo("pending 9900, available -4000, reserved 0");
        assertThat(entries(other).subList(2, 4))
                .containsExactly(
                        "refund 4000: refunds <- bank:alpha:receivable",
                        "refund_charge 4000: merchant:payable:available <- refunds");
    }

    @Test
    void aScheduleMayGiveTheFeeBackPartByPart() {
        Rig.Other other =
                tenant("{\"fees\":{\"UZS\":{\"fixed\":1,\"basis_points\":100,\"returned\":true}}}");
        String id = other.api().pay(10_000).text("id");

        assertThat(Shop.payment(refund(other, id, 3_333)).getInt("amount_fee")).isEqualTo(68);
        assertThat(Shop.payment(refund(other, id, 6_667)).getInt("amount_fee")).isZero();

        assertThat(balance(other)).isEqualTo("pending 9899, available -9899, reserved 0");
    }

    @Test
    void refundsAboveTheBalanceAreRefusedWhereThePolicySaysSoHoweverManyComeAtOnce()
            throws Exception {
        Rig.Other other = tenant("{\"settlement_delay\":0,\"refund_beyond_balance\":false}");
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            ids.add(other.api().pay(1_000).text("id"));
        }
        Until.is(() -> balance(other), "pending 0, available 10000, reserved 0"::equals);
        // From now on what is captured is not available, so that 10 refunds of 1,000 are all there
        // is.
        policy(other, "{\"refund_beyond_balance\":false}");
        for (int i = 0; i < 10; i++) {
            ids.add(other.api().pay(1_000).text("id"));
        }
        List<Callable<Api.Answer>> refunds = new ArrayList<>();
        for (String id : ids) {
            refunds.add(() -> refund(other, id, 1_000));
        }

        List<Api.Answer> answers = atOnce(refunds);

        assertThat(answers).filteredOn(answer -> answer.status() == 201).hasSize(10);
        assertThat(answers)
                .filteredOn(answer -> answer.status() != 201)
                .allMatch(answer -> answer.code().equals("insufficient_balance"));
        assertThat(balance(other)).isEqualTo("pending 10000, available 0, reserved 0");
    }

    @Test
    void aRefundThatFailsFreesTheBalanceThatWasKept() {
        Rig.Other other = tenant("{\"settlement_delay\":0,\"refund_beyond_balance\":false}");
        String id = other.api().pay(50_000).text("id");
        Until.is(() -> balance(other), "pending 0, available 50000, reserved 0"::equals);

        Api.Answer declined = refund(other, id, 10_005);
        assertThat(Shop.operation(declined).getString("status")).isEqualTo("declined");
        assertThat(balance(other)).isEqualTo("pending 0, available 50000, reserved 0");

        Api.Answer lost = refund(other, id, 10_070);
        assertThat(lost.status()).isEqualTo(202);
        assertThat(balance(other)).isEqualTo("pending 0, available 50000, reserved 10070");
        Until.is(() -> balance(other), "pending 0, available 50000, reserved 0"::equals);
    }

    @Test
    void twoWorkersMakeEachCaptureAvailableOnce() {
        Rig.Other other = tenant("{\"settlement_delay\":0}");
        try (Rig.Neighbour second = rig.neighbour(Role.WORKER, Map.of())) {
            for (int i = 0; i < 50; i++) {
                assertThat(other.api().pay(1_000).status()).isEqualTo(201);
            }
            Until.is(() -> balance(other), "pending 0, available 50000, reserved 0"::equals);
            assertThat(second.port()).isPositive();
        }
        assertThat(entries(other)).hasSize(100);
    }

    @Test
    void entriesComeInPagesByWhatIsAskedFor() {
        Rig.Other other = tenant("{}");
        String id = other.api().pay(1_000).text("id");
        other.api().pay(2_000);
        refund(other, id, 400);

        JsonObject first = other.api().get("/v1/ledger/entries?limit=3").json();
        JsonObject rest =
                other.api()
                        .get("/v1/ledger/entries?limit=3&after=" + first.getString("next_after"))
                        .json();

        assertThat(first.getJsonArray("data")).hasSize(3);
        assertThat(rest.getJsonArray("data")).hasSize(1);
        assertThat(rest.isNull("next_after")).isTrue();
        assertThat(count(other, "payment=" + id)).isEqualTo(3);
        assertThat(count(other, "created_gte=2026-01-01T00:00:00Z")).isEqualTo(4);
        assertThat(count(other, "created_lt=2026-01-01T00:00:00Z")).isZero();
        assertThat(rig.otherMerchant().api().get("/v1/ledger/entries?payment=" + id).body())
                .contains("\"data\":[]");
    }

    @Test
    void badInputIsNamed() {
        assertThat(rig.api().get("/v1/ledger/entries?after=x").code()).isEqualTo("invalid_cursor");
        assertThat(rig.api().get("/v1/ledger/entries?payment=x").text("param"))
                .isEqualTo("payment");
        assertThat(rig.api().get("/v1/ledger/export?format=xml").text("param")).isEqualTo("format");
        assertThat(rig.api().get("/v1/ledger/entries?created_lt=now").text("param"))
                .isEqualTo("created_lt");
        assertThat(rig.api("").get("/v1/balance").status()).isEqualTo(401);
        String path = "/admin/v1/merchants/" + TypeId.text("mer", rig.merchant()) + "/policy/test";
        assertThat(rig.admin().put(path, "{\"fees\":{\"uzs\":{}}}").code())
                .isEqualTo("unknown_currency");
        assertThat(
                        rig.admin()
                                .put(path, "{\"fees\":{\"UZS\":{\"basis_points\":10001}}}")
                                .text("param"))
                .isEqualTo("fees.UZS.basis_points");
        assertThat(rig.admin().put(path, "{\"fees\":{\"UZS\":1}}").code()).isEqualTo("wrong_type");
    }

    @Test
    void anExportIsALineAnEntryAndSaysHowManyThereWere() throws Exception {
        Rig.Other other = tenant("{}");
        other.api().pay(1_000);
        other.api().pay(2_000);

        List<String> json = export(other.api().url(), other.api().key(), "ndjson");
        List<String> csv = export(other.api().url(), other.api().key(), "csv");

        assertThat(json).hasSize(3);
        assertThat(object(json.getFirst()).getString("kind")).isEqualTo("capture");
        assertThat(object(json.getLast()).getInt("count")).isEqualTo(2);
        assertThat(csv.getFirst())
                .isEqualTo("id,kind,debit,credit,amount,currency,payment,operation,created");
        assertThat(csv.get(1).split(",", -1)).hasSize(9).contains("capture", "1000", "UZS");
        assertThat(csv.getLast()).isEqualTo("end,,,,2,,,,");
    }

    /** The process has less memory than the export has bytes. */
    @Test
    void aLargeExportNeedsNoMoreMemoryThanASmallOne() throws Exception {
        Rig.Other other = tenant("{}");
        try (Database database = rig.database()) {
            long tenant = other.tenant(database);
            rig.postgres()
                    .admin(
                            rig.databaseName(),
                            """
                            INSERT INTO posting (tenant, posting, payment, operation, kind, debit, credit, amount, currency)
                            SELECT %d, gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), 'late_approval',
                                'bank:alpha:receivable', 'suspense', 1, 'UZS' FROM generate_series(1, %d)"""
                                    .formatted(tenant, ENTRIES));
        }
        try (GatewayProcess process =
                GatewayProcess.start(
                        rig, io.oqim.dev.LocalRedis.freePort(), "ledger.log", List.of("-Xmx64m"))) {
            long bytes = 0;
            long lines = 0;
            try (BufferedReader reader = reader(process.api().url(), other.api().key(), "ndjson")) {
                String last = "";
                String line = reader.readLine();
                while (line != null) {
                    bytes += line.length();
                    lines++;
                    last = line;
                    line = reader.readLine();
                }
                assertThat(object(last).getInt("count")).isEqualTo(ENTRIES);
            }
            assertThat(lines).isEqualTo(ENTRIES + 1L);
            System.out.println(
                    "LedgerIT: " + ENTRIES + " entries, " + bytes / 1_000_000 + " MB, heap 64 MB");
            assertThat(process.api(other.api().key()).pay(1_000).status()).isEqualTo(201);
        } finally {
            rig.postgres()
                    .admin(
                            rig.databaseName(),
                            "ALTER TABLE posting DISABLE TRIGGER ALL; DELETE FROM posting WHERE kind = 'late_approval'");
        }
    }

    // What the tests are made of.

    private static Rig.Other tenant(String policy) {
        Rig.Other other = rig.otherMerchant();
        // Before its key is used for the first time, so that nothing of it is cached.
        change(other, policy);
        return other;
    }

    /** It holds once the cached key has been read again. */
    private static void policy(Rig.Other other, String policy) {
        change(other, policy);
        java.util.concurrent.locks.LockSupport.parkNanos(300_000_000);
    }

    private static void change(Rig.Other other, String policy) {
        Api.Answer answer =
                rig.admin()
                        .put(
                                "/admin/v1/merchants/"
                                        + TypeId.text("mer", other.merchant())
                                        + "/policy/test",
                                policy.replaceFirst("\\{", "{\"card_limit\":0,")
                                        .replace(",}", "}"));
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    }

    private static Api.Answer refund(Rig.Other other, String id, long amount) {
        return other.api()
                .post(
                        "/v1/payments/" + id + "/refunds",
                        "{\"amount\":" + amount + "}",
                        Map.of("Idempotency-Key", UUID.randomUUID().toString()));
    }

    private static String balance(Rig.Other other) {
        return other.api().get("/v1/balance").json().getJsonArray("data").stream()
                .map(value -> value.asJsonObject())
                .map(
                        one ->
                                "pending %d, available %d, reserved %d"
                                        .formatted(
                                                one.getInt("pending"),
                                                one.getInt("available"),
                                                one.getInt("reserved")))
                .findFirst()
                .orElse("nothing");
    }

    private static List<String> entries(Rig.Other other) {
        return other.api().get("/v1/ledger/entries?limit=100").json().getJsonArray("data").stream()
                .map(value -> value.asJsonObject())
                .map(
                        one ->
                                "%s %d: %s <- %s"
                                        .formatted(
                                                one.getString("kind"),
                                                one.getInt("amount"),
                                                one.getString("debit"),
                                                one.getString("credit")))
                .toList();
    }

    private static int count(Rig.Other other, String filter) {
        return other.api()
                .get("/v1/ledger/entries?limit=100&" + filter)
                .json()
                .getJsonArray("data")
                .size();
    }

    private static List<Api.Answer> atOnce(List<Callable<Api.Answer>> calls) throws Exception {
        try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Api.Answer> answers = new ArrayList<>();
            for (Future<Api.Answer> call : callers.invokeAll(calls)) {
                answers.add(call.get());
            }
            return answers;
        }
    }

    private static List<String> export(String url, String key, String format) throws Exception {
        try (BufferedReader reader = reader(url, key, format)) {
            return reader.lines().toList();
        }
    }

    private static BufferedReader reader(String url, String key, String format)
            throws IOException, InterruptedException {
        HttpResponse<java.io.InputStream> response =
                HttpClient.newHttpClient()
                        .send(
                                HttpRequest.newBuilder(
                                                URI.create(
                                                        url + "/v1/ledger/export?format=" + format))
                                        .header("Authorization", "Bearer " + key)
                                        .build(),
                                HttpResponse.BodyHandlers.ofInputStream());
        assertThat(response.statusCode()).isEqualTo(200);
        return new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8));
    }

    private static JsonObject object(String line) {
        try (var reader = Json.createReader(new StringReader(line))) {
            return reader.readObject();
        }
    }
}
