package io.oqim;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Merchants and keys, through the management port. */
class AdminIT {
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
    void aMerchantIsCreatedGetsAKeyAndPaysWithIt() {
        Api.Answer merchant =
                rig.admin()
                        .post(
                                "/admin/v1/merchants",
                                "{\"name\":\"Shop\",\"card_limit\":0}",
                                Map.of());
        assertThat(merchant.status()).isEqualTo(201);
        String path = "/admin/v1/merchants/" + merchant.text("id");
        assertThat(merchant.header("Location")).contains(path);

        Api.Answer key = rig.admin().post(path + "/keys", "{\"mode\":\"test\"}", Map.of());

        assertThat(key.status()).isEqualTo(201);
        assertThat(key.text("secret")).matches("oq_test_[0-9A-Za-z]{49}");
        assertThat(rig.api(key.text("secret")).pay(1_000).status()).isEqualTo(201);
        assertThat(rig.admin().get(path + "/keys").body())
                .doesNotContain(key.text("secret"))
                .contains(key.text("hint"));
        assertThat(rig.admin().get("/admin/v1/merchants").body()).contains(merchant.text("id"));
        assertThat(rig.admin().get(path).text("name")).isEqualTo("Shop");
    }

    @Test
    void twoKeysCanBeActiveAThirdHasToWait() {
        String keys =
                "/admin/v1/merchants/"
                        + rig.admin()
                                .post("/admin/v1/merchants", "{\"name\":\"Two\"}", Map.of())
                                .text("id")
                        + "/keys";
        Api.Answer first = rig.admin().post(keys, "{}", Map.of());
        assertThat(rig.admin().post(keys, "{}", Map.of()).status()).isEqualTo(201);

        Api.Answer third = rig.admin().post(keys, "{}", Map.of());

        assertThat(third.status()).isEqualTo(409);
        assertThat(third.code()).isEqualTo("too_many_keys");
        assertThat(rig.admin().delete(keys + "/" + first.text("id")).status()).isEqualTo(204);
        assertThat(rig.admin().post(keys, "{}", Map.of()).status()).isEqualTo(201);
    }

    @Test
    void aRevokedKeyIsRefusedWithinTheTimeOfTrust() {
        String keys =
                "/admin/v1/merchants/"
                        + rig.admin()
                                .post("/admin/v1/merchants", "{\"name\":\"Gone\"}", Map.of())
                                .text("id")
                        + "/keys";
        Api.Answer key = rig.admin().post(keys, "{\"mode\":\"test\"}", Map.of());
        Api api = rig.api(key.text("secret"));
        assertThat(api.get("/v1/payments").status()).isEqualTo(200);

        assertThat(rig.admin().delete(keys + "/" + key.text("id")).status()).isEqualTo(204);

        Api.Answer refused =
                Until.is(
                        java.time.Duration.ofSeconds(5),
                        () -> api.get("/v1/payments"),
                        answer -> answer.status() == 401);
        assertThat(refused.body().replaceAll("req_\\w+", ""))
                .isEqualTo(
                        rig.api("nonsense").get("/v1/payments").body().replaceAll("req_\\w+", ""));
    }

    @Test
    void withoutTheAdminKeyNothingIsShown() {
        Api stranger = new Api(rig.admin().url(), "some-other-admin-key-1234");
        assertThat(stranger.get("/admin/v1/merchants").status()).isEqualTo(401);
        assertThat(stranger.post("/admin/v1/merchants", "{\"name\":\"x\"}", Map.of()).status())
                .isEqualTo(401);
        assertThat(rig.api().get("/admin/v1/merchants").status())
                .as("not on the public port")
                .isEqualTo(404);
    }

    @Test
    void badAdminInputIsNamed() {
        Api.Answer unnamed = rig.admin().post("/admin/v1/merchants", "{}", Map.of());
        assertThat(unnamed.status()).isEqualTo(400);
        assertThat(unnamed.text("param")).isEqualTo("name");
        assertThat(rig.admin().get("/admin/v1/merchants/mer_nonsense").status()).isEqualTo(404);
        assertThat(
                        rig.admin()
                                .post(
                                        "/admin/v1/merchants/mer_00000000000000000000000000/keys",
                                        "{}",
                                        Map.of())
                                .status())
                .isEqualTo(404);
        assertThat(rig.admin().send("PUT", "/admin/v1/merchants").status()).isEqualTo(405);
    }

    @Test
    void healthAndMetricsSpeak() {
        rig.api().pay(1_000);

        assertThat(rig.admin().get("/health/live").text("status")).isEqualTo("up");
        assertThat(rig.admin().get("/health/ready").text("status")).isEqualTo("up");
        assertThat(rig.admin().get("/metrics").body())
                .contains(
                        "oqim_http_requests",
                        "oqim_bank_calls",
                        "oqim_fanout_leg",
                        "oqim_admission_in_flight",
                        "oqim_crypto_queued",
                        "oqim_journal_batch",
                        "oqim_journal_queued",
                        "oqim_stream_connections",
                        "oqim_events",
                        "oqim_database_active",
                        "oqim_redis_connected");
    }

    @Test
    void theContractsAreServed() {
        assertThat(rig.api().get("/openapi.yaml").status()).isEqualTo(200);
        assertThat(rig.api().get("/asyncapi.yaml").status()).isEqualTo(200);
    }
}
