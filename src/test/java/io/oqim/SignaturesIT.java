package io.oqim;

import static org.assertj.core.api.Assertions.assertThat;

import io.oqim.crypto.Hashes;
import io.oqim.crypto.SigningKey;
import jakarta.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests and answers with signatures (RFC 9421), made and checked here by other code. */
class SignaturesIT {
    private static final SigningKey ED25519 = SigningKey.of(new byte[32]);
    private static final List<String> COVERED =
            List.of("@method", "@path", "content-digest", "idempotency-key");

    private static Rig rig;
    private static Merchant merchant;

    /** A merchant with a key of each kind. */
    private record Merchant(String path, Api api, JsonObject hmac, JsonObject ed25519) {
        static Merchant create() {
            String path =
                    "/admin/v1/merchants/"
                            + rig.admin()
                                    .post(
                                            "/admin/v1/merchants",
                                            "{\"name\":\"Signing\",\"card_limit\":0}",
                                            Map.of())
                                    .text("id");
            String secret = rig.admin().post(path + "/keys", "{}", Map.of()).text("secret");
            return new Merchant(
                    path,
                    rig.api(secret),
                    signatureKey(path, "{\"algorithm\":\"hmac-sha256\"}").json(),
                    signatureKey(
                                    path,
                                    "{\"algorithm\":\"ed25519\",\"public_key\":\"%s\"}"
                                            .formatted(base64(ED25519.publicKey())))
                            .json());
        }
    }

    @BeforeAll
    static void start() {
        rig = Rig.start(Map.of("server.key-cache", "100ms"));
        merchant = Merchant.create();
    }

    @AfterAll
    static void stop() {
        rig.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"hmac-sha256", "ed25519"})
    void aPaymentThatIsSignedIsTaken(String algorithm) {
        String body = Api.payment(1_000);

        Api.Answer paid = merchant.api().post("/v1/payments", body, signed(algorithm, body));

        assertThat(paid.status()).as(paid.body()).isEqualTo(201);
    }

    @ParameterizedTest
    @ValueSource(strings = {"hmac-sha256", "ed25519"})
    void whatIsNotWhatWasSignedIsRefused(String algorithm) {
        String body = Api.payment(1_000);
        for (UnaryOperator<Map<String, String>> change :
                List.<UnaryOperator<Map<String, String>>>of(
                        with("Idempotency-Key", "another"),
                        with(
                                "Content-Digest",
                                "sha-256=:"
                                        + base64(Hashes.sha256(bytes(Api.payment(9_000))))
                                        + ":"),
                        headers ->
                                with(
                                                "Signature-Input",
                                                headers.get("Signature-Input")
                                                        .replaceFirst(
                                                                "created=\\d+",
                                                                "created="
                                                                        + (Instant.now()
                                                                                        .getEpochSecond()
                                                                                - 1)))
                                        .apply(headers),
                        with("Signature", "sig1=:" + base64(new byte[32]) + ":"),
                        with("Signature", "other=:" + base64(new byte[32]) + ":"),
                        with("Signature", ""),
                        with("Signature-Input", "sig1=("))) {
            Map<String, String> headers = change.apply(signed(algorithm, body));

            Api.Answer refused = merchant.api().post("/v1/payments", body, headers);

            assertThat(refused.status()).as(headers.toString()).isEqualTo(401);
            assertThat(refused.code()).isEqualTo("invalid_signature");
        }
    }

    @Test
    void aBodyThatIsNotThatOfTheDigestIsRefusedAlsoWithoutASignature() {
        String body = Api.payment(1_000);
        Map<String, String> headers = signed("hmac-sha256", body);

        Api.Answer refused = merchant.api().post("/v1/payments", Api.payment(9_000), headers);

        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.code()).isEqualTo("wrong_digest");
        Map<String, String> plain = new HashMap<>(headers);
        plain.remove("Signature");
        plain.remove("Signature-Input");
        assertThat(merchant.api().post("/v1/payments", Api.payment(9_000), plain).code())
                .isEqualTo("wrong_digest");
    }

    @Test
    void aBodyThatWasTakenAwayIsMissed() {
        Api.Answer paid = merchant.api().pay(10_000);
        String path = "/v1/payments/" + paid.text("id") + "/refunds";
        String body = "{\"amount\":100}";
        Map<String, String> fields =
                Map.of(
                        "Idempotency-Key",
                        UUID.randomUUID().toString(),
                        "Content-Digest",
                        "sha-256=:" + base64(Hashes.sha256(bytes(body))) + ":");
        Map<String, String> headers =
                signed(
                        new Signing("hmac-sha256", COVERED, now(), ""),
                        "POST",
                        path,
                        "",
                        fields,
                        merchant);

        // Without its body it would refund all.
        Api.Answer refused = merchant.api().post(path, "", headers);

        assertThat(refused.status()).as(refused.body()).isEqualTo(400);
        assertThat(refused.code()).isEqualTo("wrong_digest");
        assertThat(merchant.api().post(path, body, headers).status()).isEqualTo(201);
        assertThat(
                        merchant.api()
                                .get("/v1/payments/" + paid.text("id"))
                                .json()
                                .getInt("amount_refunded"))
                .isEqualTo(100);
    }

    @Test
    void aRequestHasOneIdempotencyKey() {
        String body = Api.payment(1_000);
        String request =
                "POST /v1/payments HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer "
                        + merchant.api().key()
                        + "\r\nIdempotency-Key: a\r\nIdempotency-Key: b\r\nContent-Type: application/json\r\n"
                        + "Connection: close\r\nContent-Length: "
                        + body.length()
                        + "\r\n\r\n"
                        + body;

        Api.Answer refused = RawHttp.send(rig.port(), request);

        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.code()).isEqualTo("invalid_idempotency_key");
    }

    @Test
    void aPolicyThatSaysNothingOfSignaturesDoesNotEndThem() {
        Merchant strict = Merchant.create();
        String policy = strict.path() + "/policy/test";
        assertThat(rig.admin().put(policy, "{\"require_signatures\":true}").status())
                .isEqualTo(200);

        Api.Answer changed = rig.admin().put(policy, "{\"rate_limit\":500}");

        assertThat(changed.json().getBoolean("require_signatures")).isTrue();
        assertThat(
                        rig.admin()
                                .put(policy, "{\"require_signatures\":false}")
                                .json()
                                .getBoolean("require_signatures"))
                .isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"@method", "@path", "content-digest", "idempotency-key"})
    void whatDecidesWhatARequestDoesHasToBeCovered(String component) {
        String body = Api.payment(1_000);
        List<String> covered = new ArrayList<>(COVERED);
        covered.remove(component);

        Api.Answer refused =
                merchant.api()
                        .post(
                                "/v1/payments",
                                body,
                                signed(new Signing("hmac-sha256", covered, now(), ""), body));

        assertThat(refused.code()).isEqualTo("invalid_signature");
        assertThat(refused.text("detail")).contains(component);
    }

    @ParameterizedTest
    @ValueSource(ints = {-3600, 3600})
    void oneOfAnotherTimeIsRefused(int seconds) {
        String body = Api.payment(1_000);

        Api.Answer refused =
                merchant.api()
                        .post(
                                "/v1/payments",
                                body,
                                signed(
                                        new Signing("hmac-sha256", COVERED, now() + seconds, ""),
                                        body));

        assertThat(refused.code()).isEqualTo("invalid_signature");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                ";expires=1",
                ";expires=9999999999.5",
                ";alg=\"ed25519\"",
                ";alg=\"rsa-pss-sha512\""
            })
    void oneThatHasExpiredOrSaysAnotherAlgorithmIsRefused(String more) {
        String body = Api.payment(1_000);

        Api.Answer refused =
                merchant.api()
                        .post(
                                "/v1/payments",
                                body,
                                signed(new Signing("hmac-sha256", COVERED, now(), more), body));

        assertThat(refused.code()).isEqualTo("invalid_signature");
    }

    @Test
    void aKeyOfAnotherMerchantAndARevokedOneAreNoKeys() {
        Merchant other = Merchant.create();
        String body = Api.payment(1_000);
        assertThat(other.api().post("/v1/payments", body, signed("hmac-sha256", body)).code())
                .isEqualTo("invalid_signature");
        Signing by = new Signing("hmac-sha256", COVERED, now(), "");
        assertThat(other.api().post("/v1/payments", body, signed(by, body, other)).status())
                .isEqualTo(201);

        assertThat(
                        rig.admin()
                                .delete(
                                        other.path()
                                                + "/signature_keys/"
                                                + other.hmac().getString("id"))
                                .status())
                .isEqualTo(204);

        var ignored =
                Until.is(
                        () -> other.api().post("/v1/payments", body, signed(by, body, other)),
                        answer -> answer.status() == 401);
    }

    @Test
    void aMerchantThatWantsItIsServedOnlyWithSignatures() {
        Merchant strict = Merchant.create();
        String policy = strict.path() + "/policy/test";
        assertThat(
                        rig.admin()
                                .put(policy, "{\"require_signatures\":true,\"card_limit\":0}")
                                .status())
                .isEqualTo(200);
        var ignored =
                Until.is(() -> strict.api().get("/v1/payments"), answer -> answer.status() == 401);
        String body = Api.payment(1_000);

        assertThat(strict.api().pay(1_000).code()).isEqualTo("signature_required");
        Signing by = new Signing("ed25519", COVERED, now(), "");
        assertThat(strict.api().post("/v1/payments", body, signed(by, body, strict)).status())
                .isEqualTo(201);
        Signing read = new Signing("hmac-sha256", List.of("@method", "@path", "@query"), now(), "");
        Map<String, String> headers =
                signed(read, "GET", "/v1/payments", "limit=1", Map.of(), strict);
        assertThat(strict.api().get("/v1/payments?limit=1", headers).status()).isEqualTo(200);
        assertThat(strict.api().get("/v1/payments?limit=2", headers).code())
                .isEqualTo("invalid_signature");
    }

    @Test
    void anAnswerIsSignedByOqimWhenItsRequestAsksForThat() {
        JsonObject own = merchant.api().get("/v1/signature_key").json();
        String wanted =
                "sig9=(\"@status\" \"content-digest\" \"content-type\" \"@method\";req \"@path\";req);created;nonce=\"n-1\"";

        for (String path : List.of("/v1/payments", "/v1/payments/pay_nonsense")) {
            Api.Answer answer = merchant.api().get(path, Map.of("Accept-Signature", wanted));

            String input = header(answer, "Signature-Input").substring("sig9=".length());
            assertThat(input)
                    .contains(";nonce=\"n-1\"")
                    .contains(";keyid=\"" + own.getString("id") + "\"");
            assertThat(header(answer, "Content-Digest"))
                    .isEqualTo("sha-256=:" + base64(Hashes.sha256(bytes(answer.body()))) + ":");
            String base =
                    "\"@status\": "
                            + answer.status()
                            + "\n\"content-digest\": "
                            + header(answer, "Content-Digest")
                            + "\n\"content-type\": "
                            + header(answer, "Content-Type")
                            + "\n\"@method\";req: GET\n\"@path\";req: "
                            + path
                            + "\n\"@signature-params\": "
                            + input;
            assertThat(
                            SigningKey.verify(
                                    Base64.getDecoder().decode(own.getString("public_key")),
                                    bytes(base),
                                    signature(answer, "sig9")))
                    .isTrue();
        }
    }

    @Test
    void anAnswerIsSignedByAKeyOfTheMerchantsThatItNames() {
        String wanted =
                "a=(\"@status\" \"content-digest\");keyid=\"%s\""
                        .formatted(merchant.hmac().getString("id"));

        Api.Answer answer = merchant.api().get("/v1/payments", Map.of("Accept-Signature", wanted));

        String base =
                "\"@status\": 200\n\"content-digest\": "
                        + header(answer, "Content-Digest")
                        + "\n\"@signature-params\": "
                        + header(answer, "Signature-Input").substring("a=".length());
        assertThat(signature(answer, "a")).isEqualTo(Hashes.hmac(secret(merchant), bytes(base)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a=(",
                "a=(\"@status\"), b=(\"@status\")",
                "a=(\"event-seq\")",
                "a=(\"x-nothing\";req)",
                "a=(\"@status\");keyid=\"nobody\"",
                "a=(\"@status\");alg=\"rsa-pss-sha512\""
            })
    void anAnswerThatCannotBeSignedSoIsNotGiven(String wanted) {
        Api.Answer answer = merchant.api().get("/v1/payments", Map.of("Accept-Signature", wanted));

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.code()).isEqualTo("invalid_accept_signature");
    }

    @Test
    void whoDoesNotAskGetsNoSignature() {
        assertThat(merchant.api().get("/v1/payments").header("Signature")).isEmpty();
    }

    @Test
    void secretsAreShownOnceAndAFifthKeyHasToWait() {
        Merchant busy = Merchant.create();
        String keys = busy.path() + "/signature_keys";
        assertThat(rig.admin().get(keys).body())
                .contains(busy.hmac().getString("id"))
                .doesNotContain(busy.hmac().getString("secret"));
        assertThat(signatureKey(busy.path(), "{}").status()).isEqualTo(201);
        assertThat(signatureKey(busy.path(), "{}").status()).isEqualTo(201);
        assertThat(signatureKey(busy.path(), "{}").code()).isEqualTo("too_many_keys");
        Api.Answer odd =
                signatureKey(busy.path(), "{\"algorithm\":\"ed25519\",\"public_key\":\"AAAA\"}");
        assertThat(odd.status()).isEqualTo(422);
        assertThat(odd.text("param")).isEqualTo("public_key");
    }

    /** How a request is signed. */
    private record Signing(String algorithm, List<String> covered, long created, String more) {}

    private static Map<String, String> signed(String algorithm, String body) {
        return signed(new Signing(algorithm, COVERED, now(), ""), body);
    }

    private static Map<String, String> signed(Signing by, String body) {
        return signed(by, body, merchant);
    }

    private static Map<String, String> signed(Signing by, String body, Merchant who) {
        Map<String, String> fields =
                Map.of(
                        "Idempotency-Key",
                        UUID.randomUUID().toString(),
                        "Content-Digest",
                        "sha-256=:" + base64(Hashes.sha256(bytes(body))) + ":");
        return signed(by, "POST", "/v1/payments", "", fields, who);
    }

    private static Map<String, String> signed(
            Signing by,
            String method,
            String path,
            String query,
            Map<String, String> fields,
            Merchant who) {
        JsonObject key = by.algorithm().equals("ed25519") ? who.ed25519() : who.hmac();
        String input =
                by.covered().stream()
                                .map(name -> '"' + name + '"')
                                .collect(Collectors.joining(" ", "(", ")"))
                        + ";created="
                        + by.created()
                        + ";keyid=\""
                        + key.getString("id")
                        + "\""
                        + by.more();
        StringBuilder base = new StringBuilder();
        for (String name : by.covered()) {
            String value =
                    switch (name) {
                        case "@method" -> method;
                        case "@path" -> path;
                        case "@query" -> "?" + query;
                        case "content-digest" -> fields.get("Content-Digest");
                        case "idempotency-key" -> fields.get("Idempotency-Key");
                        default -> throw new IllegalArgumentException(name);
                    };
            base.append('"').append(name).append("\": ").append(value).append('\n');
        }
        base.append("\"@signature-params\": ").append(input);
        byte[] signature =
                by.algorithm().equals("ed25519")
                        ? ED25519.sign(bytes(base.toString()))
                        : Hashes.hmac(secret(who), bytes(base.toString()));
        Map<String, String> headers = new HashMap<>(fields);
        headers.put("Signature-Input", "sig1=" + input);
        headers.put("Signature", "sig1=:" + base64(signature) + ":");
        return headers;
    }

    private static UnaryOperator<Map<String, String>> with(String name, String value) {
        return headers -> {
            Map<String, String> changed = new HashMap<>(headers);
            changed.put(name, value);
            return changed;
        };
    }

    private static Api.Answer signatureKey(String path, String body) {
        return rig.admin().post(path + "/signature_keys", body, Map.of());
    }

    private static byte[] secret(Merchant who) {
        return Base64.getDecoder().decode(who.hmac().getString("secret"));
    }

    private static byte[] signature(Api.Answer answer, String label) {
        String field = header(answer, "Signature");
        return Base64.getDecoder().decode(field.substring(label.length() + 2, field.length() - 1));
    }

    private static String header(Api.Answer answer, String name) {
        return answer.header(name).orElseThrow();
    }

    private static long now() {
        return Instant.now().getEpochSecond();
    }

    private static String base64(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
