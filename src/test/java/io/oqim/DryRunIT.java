package io.oqim;

import static org.assertj.core.api.Assertions.assertThat;

import io.oqim.dev.LocalRedis;
import io.oqim.store.Database;
import jakarta.json.JsonObject;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Rules are tried on many payments that were, in a process with little memory. */
class DryRunIT {
    private static final int PAYMENTS = 100_000;

    /** All of them at once would not fit: one takes more than a kilobyte. */
    private static final List<String> LITTLE = List.of("-Xmx64m");

    @Test
    void aDryRunOverManyPaymentsNeedsNoMemoryForThem() throws Exception {
        try (Rig rig = Rig.start(Map.of("risk.dry-run-time", "10m"))) {
            Rig.Other other = rig.otherMerchant();
            assertThat(other.api().pay(1_000).status()).isEqualTo(201);
            try (Database database = rig.database()) {
                rig.postgres().admin(rig.databaseName(), copies(other.tenant(database)));
            }
            try (GatewayProcess process =
                    GatewayProcess.start(rig, LocalRedis.freePort(), "dryrun.log", LITTLE)) {
                long began = System.nanoTime();

                Api.Answer answer =
                        process.api(other.api().key())
                                .post(
                                        "/v1/risk/rules/dry_run",
                                        """
                                        {"rules":[
                                            {"name":"large","when":{"amount":{"gt":90000}},"then":"review"},
                                            {"name":"often","when":{"customer_count":{"gt":1}},"then":"block"},
                                            {"name":"once","when":{"customer_count":{"eq":1}},"score":10}],
                                         "challenge_at":10}""",
                                        Map.of());

                System.out.println(
                        "DryRunIT: "
                                + PAYMENTS
                                + " payments, heap 64 MB, "
                                + (System.nanoTime() - began) / 1_000_000
                                + " ms");
                assertThat(answer.status()).as(answer.body()).isEqualTo(200);
                assertReport(answer.json());
                assertThat(process.api(other.api().key()).pay(1_000).status()).isEqualTo(201);
            }
        }
    }

    /** Half of them are of one customer, 25 an hour; each of the others is of one of its own. */
    private static void assertReport(JsonObject report) {
        assertThat(report.getInt("looked")).isEqualTo(PAYMENTS);
        JsonObject hits = report.getJsonObject("hits");
        assertThat(hits.getInt("large")).isEqualTo(9_999);
        // The first one is the payment that the others are copies of.
        assertThat(hits.getInt("once")).isEqualTo(PAYMENTS / 2 + 1);
        assertThat(hits.getInt("often")).isEqualTo(PAYMENTS / 2 - 2);
        JsonObject outcomes = report.getJsonObject("outcomes");
        assertThat(outcomes.getJsonObject("block").getInt("payments"))
                .isEqualTo(hits.getInt("often"));
        assertThat(outcomes.getJsonObject("review").getInt("payments")).isEqualTo(5_000);
    }

    private static String copies(long tenant) {
        return """
        INSERT INTO payment (tenant, payment, status, amount, currency, authorized, captured, capture_method, bank,
            card_brand, card_first6, card_last4, card_exp_month, card_exp_year, card_hash, metadata, customer,
            created_at, updated_at, version)
        SELECT p.tenant, (lpad(to_hex(g), 12, '0') || '70008000' || lpad(to_hex(g), 12, '0'))::uuid,
            'captured', g,
            p.currency, g, g, p.capture_method, p.bank, p.card_brand, p.card_first6, p.card_last4, p.card_exp_month,
            p.card_exp_year, sha256(g::text::bytea), jsonb_build_object('text', repeat('x', 400)),
            jsonb_build_object('id', CASE WHEN g %% 2 = 0 THEN 'often' ELSE 'c-' || g END),
            to_timestamp(g * 72.0), to_timestamp(g * 72.0), 2
        FROM payment p, generate_series(1, %d) g WHERE p.tenant = %d"""
                .formatted(PAYMENTS - 1, tenant);
    }
}
