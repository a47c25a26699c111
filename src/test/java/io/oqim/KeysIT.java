package io.oqim;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.JsonObject;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What keys may be used for, from where, and until when. */
class KeysIT {
    private static Rig rig;

    @BeforeAll
    static void start() {
        rig =
                Rig.start(
                        Map.of(
                                "server.key-cache", "100ms",
                                "server.key-use", "0ms",
                                "server.trusted-proxies", "127.0.0.0/8"));
    }

    @AfterAll
    static void stop() {
        rig.close();
    }

    @ParameterizedTest
    @CsvSource({
        "read,      200, 403, 403, 403",
        "pay,       403, 201, 403, 403",
        "refund,    403, 403, 404, 403",
        "endpoints, 403, 403, 403, 200",
        "risk,      403, 403, 403, 403"
    })
    void aKeyIsGoodForItsScopesOnly(String scope, int read, int pay, int refund, int endpoints) {
        Api api = rig.api(issue(keys(), "{\"scopes\":[\"" + scope + "\"]}").text("secret"));

        Api.Answer paid = api.pay(1_000);

        assertThat(api.get("/v1/payments").status()).isEqualTo(read);
        assertThat(api.get("/v1/events").status()).isEqualTo(read);
        assertThat(api.get("/v1/balance").status()).isEqualTo(read);
        assertThat(api.post("/v1/stream/tickets", "{}", Map.of()).status())
                .isEqualTo(read == 200 ? 201 : 403);
        assertThat(paid.status()).isEqualTo(pay);
        assertThat(refund(api).status()).isEqualTo(refund);
        assertThat(api.get("/v1/webhook_endpoints").status()).isEqualTo(endpoints);
        if (pay == 403) {
            assertThat(paid.code()).isEqualTo("missing_scope");
            assertThat(paid.text("detail")).contains("'pay'");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "POST /v1/stream/../payments",
                "POST /v1/stream/../payments/pay_00000000000000000000000000/refunds",
                "POST /v1/payments/pay_00000000000000000000000000/refund%73",
                "POST /v1/payments/pay_00000000000000000000000000/refunds;a=1",
                "POST //v1/payments",
                "POST /v1/./payments",
                "POST http://127.0.0.1/v1/payments",
                "DELETE //v1/webhook_endpoints/whe_00000000000000000000000000",
                "GET /v1/webhook_endpoint%73",
                "GET /v1/stream/../webhook_endpoints",
                "GET /v1/blocklis%74"
            })
    void howeverAPathIsWrittenItsRouteSaysWhatIsNeeded(String line) {
        String secret = issue(keys(), "{\"scopes\":[\"read\"]}").text("secret");
        String body = Api.payment(1_000);
        String request =
                line
                        + " HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer "
                        + secret
                        + "\r\nIdempotency-Key: k\r\nContent-Type: application/json\r\nConnection: close\r\n"
                        + "Content-Length: "
                        + (line.startsWith("POST") ? body.length() : 0)
                        + "\r\n\r\n"
                        + (line.startsWith("POST") ? body : "");

        Api.Answer answer = RawHttp.send(rig.port(), request);

        // Helidon may not find a route for it; what it finds asks for the right scope.
        assertThat(answer.status()).as(answer.body()).isIn(400, 403, 404);
        if (answer.status() == 403) {
            assertThat(answer.code()).isEqualTo("missing_scope");
        }
    }

    @Test
    void aKeyIsTakenFromItsAddressesOnlyAndOthersCannotPretend() {
        Api api = rig.api(issue(keys(), "{\"allowed_ips\":[\"192.0.2.0/24\"]}").text("secret"));

        assertThat(api.get("/v1/payments").code()).isEqualTo("address_not_allowed");
        assertThat(from(api, "192.0.2.7").status()).as("a proxy's word").isEqualTo(200);
        assertThat(from(api, "192.0.2.7, 198.51.100.1").code())
                .as("what the caller wrote before the proxy did")
                .isEqualTo("address_not_allowed");
        assertThat(from(api, "192.0.2.7, 127.0.0.9").status()).as("two proxies").isEqualTo(200);
        assertThat(from(api, "192.0.2.7, nonsense").code()).isEqualTo("address_not_allowed");
    }

    @Test
    void withoutTrustedProxiesNobodysWordIsTaken() {
        Api api = rig.api(issue(keys(), "{\"allowed_ips\":[\"192.0.2.0/24\"]}").text("secret"));
        try (Rig.Neighbour alone =
                rig.neighbour(Role.GATEWAY, Map.of("server.trusted-proxies", ""))) {
            assertThat(from(new Api(alone.api().url(), api.key()), "192.0.2.7").code())
                    .isEqualTo("address_not_allowed");
        }
    }

    @Test
    void aKeysTermsCanBeChanged() {
        String keys = keys();
        Api.Answer key = issue(keys, "{}");
        Api api = rig.api(key.text("secret"));
        assertThat(api.pay(1_000).status()).isEqualTo(201);

        Api.Answer changed =
                rig.admin().patch(keys + "/" + key.text("id"), "{\"scopes\":[\"read\"]}");

        assertThat(changed.status()).as(changed.body()).isEqualTo(200);
        assertThat(changed.json().getJsonArray("scopes").toString()).isEqualTo("[\"read\"]");
        var ignored = Until.is(() -> api.pay(1_000), answer -> answer.status() == 403);
        assertThat(api.get("/v1/payments").status()).isEqualTo(200);
    }

    @Test
    void aNewKeyTakesThePlaceOfAnOldOneWhichIsGoodForAWhile() {
        String keys = keys();
        Api.Answer old = issue(keys, "{\"scopes\":[\"read\"],\"allowed_ips\":[\"127.0.0.1\"]}");
        String path = keys + "/" + old.text("id") + "/rotate";

        Api.Answer fresh = rig.admin().post(path, "{\"overlap\":1}", Map.of());

        assertThat(fresh.status()).as(fresh.body()).isEqualTo(201);
        assertThat(fresh.json().getJsonArray("scopes").toString()).isEqualTo("[\"read\"]");
        assertThat(fresh.json().getJsonArray("allowed_ips").toString())
                .isEqualTo("[\"127.0.0.1\"]");
        assertThat(rig.api(fresh.text("secret")).get("/v1/payments").status()).isEqualTo(200);
        assertThat(rig.admin().post(path, "{}", Map.of()).code()).isEqualTo("key_ended");
        var ignored =
                Until.is(
                        () -> rig.api(old.text("secret")).get("/v1/payments"),
                        answer -> answer.status() == 401);
        assertThat(rig.api(fresh.text("secret")).get("/v1/payments").status()).isEqualTo(200);
        assertThat(row(keys, old).isNull("revoked")).isFalse();
        assertThat(issue(keys, "{}").status()).as("its slot is free").isEqualTo(201);
    }

    @Test
    void aKeyThatIsReplacedAtOnceIsNotGoodAnyMore() {
        String keys = keys();
        Api.Answer old = issue(keys, "{}");

        Api.Answer fresh =
                rig.admin()
                        .post(keys + "/" + old.text("id") + "/rotate", "{\"overlap\":0}", Map.of());

        assertThat(rig.api(fresh.text("secret")).get("/v1/payments").status()).isEqualTo(200);
        var ignored =
                Until.is(
                        () -> rig.api(old.text("secret")).get("/v1/payments"),
                        answer -> answer.status() == 401);
    }

    @Test
    void whereTwoKeysAreActiveNoneIsReplaced() {
        String keys = keys();
        Api.Answer first = issue(keys, "{}");
        Api.Answer second = issue(keys, "{}");

        Api.Answer third =
                rig.admin().post(keys + "/" + first.text("id") + "/rotate", "{}", Map.of());

        assertThat(third.code()).isEqualTo("too_many_keys");
        assertThat(row(keys, first).isNull("expires")).as("nothing happened").isTrue();
        assertThat(rig.api(second.text("secret")).get("/v1/payments").status()).isEqualTo(200);
    }

    @Test
    void aStreamEndsWithItsKey() throws Exception {
        String keys = keys();
        Api.Answer old = issue(keys, "{}");
        try (StreamClient client = new StreamClient(rig.port(), old.text("secret"), "?after=0")) {
            assertThat(
                            rig.admin()
                                    .post(
                                            keys + "/" + old.text("id") + "/rotate",
                                            "{\"overlap\":1}",
                                            Map.of())
                                    .status())
                    .isEqualTo(201);

            assertThat(client.closeCode()).isEqualTo(4500);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"scopes\":[\"pay\"]}", "{\"allowed_ips\":[\"192.0.2.0/24\"]}"})
    void aStreamEndsWhenItsKeyIsNotGoodForItAnyMore(String terms) throws Exception {
        String keys = keys();
        Api.Answer key = issue(keys, "{}");
        Api api = rig.api(key.text("secret"));
        String ticket = api.post("/v1/stream/tickets", "{}", Map.of()).text("ticket");
        try (StreamClient client = new StreamClient(rig.port(), key.text("secret"), "?after=0")) {
            assertThat(rig.admin().patch(keys + "/" + key.text("id"), terms).status())
                    .isEqualTo(200);

            assertThat(client.closeCode()).isEqualTo(4500);
        }
        try (StreamClient late =
                new StreamClient(rig.port(), "?after=0&ticket=" + ticket, Map.of())) {
            // A ticket is another's, who may be anywhere.
            if (terms.contains("scopes")) {
                assertThat(late.closeCode()).as("a ticket of before").isEqualTo(4500);
            } else {
                assertThat(late.next("hello")).isNotNull();
            }
        }
    }

    @Test
    void itIsKnownWhenAKeyWasLastUsedAndFromWhere() {
        String keys = keys();
        Api.Answer key = issue(keys, "{}");
        assertThat(row(keys, key).isNull("last_used")).isTrue();
        Instant before = Instant.now().minusSeconds(5);

        assertThat(from(rig.api(key.text("secret")), "198.51.100.9").status()).isEqualTo(200);

        JsonObject row = Until.is(() -> row(keys, key), shown -> !shown.isNull("last_used"));
        assertThat(Instant.parse(row.getString("last_used"))).isAfter(before);
        assertThat(row.getString("last_used_from")).isEqualTo("198.51.100.9");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    {"scopes":[]}                       | scopes
                    {"scopes":["all"]}                  | scopes
                    {"allowed_ips":["192.0.2.1/24"]}    | allowed_ips.0
                    {"allowed_ips":["::1","shop.test"]} | allowed_ips.1
                    {"allowed_ips":["10.0.0.0/33"]}     | allowed_ips.0
                    """)
    void termsThatMakeNoSenseAreRefusedByTheirField(String body, String param) {
        Api.Answer refused = issue(keys(), body);

        assertThat(refused.status()).isEqualTo(422);
        assertThat(refused.text("param")).isEqualTo(param);
    }

    private static String keys() {
        return "/admin/v1/merchants/"
                + rig.admin()
                        .post("/admin/v1/merchants", "{\"name\":\"Keys\"}", Map.of())
                        .text("id")
                + "/keys";
    }

    private static Api.Answer issue(String keys, String body) {
        return rig.admin().post(keys, body, Map.of());
    }

    private static JsonObject row(String keys, Api.Answer key) {
        List<JsonObject> rows =
                rig.admin().get(keys).json().getJsonArray("data").getValuesAs(JsonObject.class);
        return rows.stream()
                .filter(row -> row.getString("id").equals(key.text("id")))
                .findAny()
                .orElseThrow();
    }

    private static Api.Answer from(Api api, String forwardedFor) {
        return api.get("/v1/payments", Map.of("X-Forwarded-For", forwardedFor));
    }

    private static Api.Answer refund(Api api) {
        return api.post(
                "/v1/payments/pay_00000000000000000000000000/refunds",
                "{}",
                Map.of("Idempotency-Key", UUID.randomUUID().toString()));
    }
}
