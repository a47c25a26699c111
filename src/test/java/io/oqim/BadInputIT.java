package io.oqim;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Nonsense of every kind gets a problem that says what is wrong, and the server goes on. */
class BadInputIT {
    private static Rig rig;

    @BeforeAll
    static void start() {
        rig = Rig.start();
    }

    @AfterAll
    static void stop() {
        rig.close();
    }

    @AfterEach
    void theServerGoesOn() {
        assertThat(rig.api().pay(1_000).status()).isEqualTo(201);
    }

    static Stream<Arguments> bodies() {
        String good = Api.payment(1_000);
        return Stream.of(
                Arguments.of("", 400, "body_required", null),
                Arguments.of("{", 400, "invalid_json", null),
                Arguments.of("nonsense", 400, "invalid_json", null),
                Arguments.of("[1]", 400, "invalid_json", null),
                Arguments.of("\"text\"", 400, "invalid_json", null),
                Arguments.of(good + "x", 400, "invalid_json", null),
                Arguments.of(
                        good.replace("{\"amount\"", "{\"amount\":5,\"amount\""),
                        400,
                        "invalid_json",
                        null),
                Arguments.of("{\"a\":".repeat(20) + "1" + "}".repeat(20), 400, "too_deep", null),
                Arguments.of("{}", 400, "missing_field", "amount"),
                Arguments.of(good.replace("1000", "1.0"), 400, "wrong_type", "amount"),
                Arguments.of(good.replace("1000", "1e3"), 400, "wrong_type", "amount"),
                Arguments.of(good.replace("1000", "\"1000\""), 400, "wrong_type", "amount"),
                Arguments.of(good.replace("1000", "null"), 400, "missing_field", "amount"),
                Arguments.of(good.replace("1000", "0"), 422, "invalid_amount", "amount"),
                Arguments.of(good.replace("1000", "-5"), 422, "invalid_amount", "amount"),
                Arguments.of(
                        good.replace("1000", "1000000000000"), 422, "invalid_amount", "amount"),
                Arguments.of(good.replace("1000", "9".repeat(400)), 400, "wrong_type", "amount"),
                Arguments.of(good.replace("UZS", "uzs"), 422, "unknown_currency", "currency"),
                Arguments.of(good.replace("UZS", "XXX"), 422, "unknown_currency", "currency"),
                Arguments.of(
                        good.replace("4242424242424242", "4242424242424241"),
                        422,
                        "invalid_number",
                        "payment_method.card.number"),
                Arguments.of(
                        good.replace("\"4242424242424242\"", "4242424242424242"),
                        400,
                        "wrong_type",
                        "payment_method.card.number"),
                Arguments.of(
                        good.replace("2030", "2020"),
                        422,
                        "card_expired",
                        "payment_method.card.exp_year"),
                Arguments.of(
                        good.replace(":12,", ":13,"),
                        422,
                        "invalid_expiry",
                        "payment_method.card.exp_month"),
                Arguments.of(
                        good.replace("\"123\"", "\"12\""),
                        422,
                        "invalid_cvc",
                        "payment_method.card.cvc"),
                Arguments.of(
                        good.replace("\"type\":\"card\"", "\"type\":\"cash\""),
                        422,
                        "unknown_payment_method",
                        "payment_method.type"),
                Arguments.of(
                        Api.payment(1, Api.CARD, ",\"bogus\":1"), 400, "unknown_field", "bogus"),
                Arguments.of(
                        Api.payment(1, Api.CARD, ",\"metadata\":{\"k\":5}"),
                        400,
                        "wrong_type",
                        "metadata.k"),
                Arguments.of(
                        Api.payment(1, Api.CARD, ",\"description\":\"a\\u0000b\""),
                        422,
                        "invalid_text",
                        "description"),
                Arguments.of(
                        Api.payment(1, Api.CARD, ",\"description\":\"a\\ud800b\""),
                        422,
                        "invalid_text",
                        "description"),
                Arguments.of(
                        Api.payment(1, Api.CARD, ",\"description\":\"" + "x".repeat(501) + "\""),
                        422,
                        "invalid_length",
                        "description"),
                Arguments.of(
                        Api.payment(1, Api.CARD, ",\"return_url\":\"javascript:x\""),
                        422,
                        "invalid_url",
                        "return_url"),
                Arguments.of(
                        Api.payment(1, Api.CARD, ",\"capture_method\":\"later\""),
                        422,
                        "invalid_value",
                        "capture_method"),
                Arguments.of(
                        Api.payment(1, Api.CARD, ",\"customer\":{\"ip\":\"here\"}"),
                        422,
                        "invalid_ip",
                        "customer.ip"));
    }

    @ParameterizedTest(name = "{2} {3}")
    @MethodSource("bodies")
    void everyBadBodyIsNamed(String body, int status, String code, String param) {
        Api.Answer answer = rig.api().pay(UUID.randomUUID().toString(), body);

        assertProblem(answer, status, code);
        assertThat(answer.json().getString("param", null)).isEqualTo(param);
        assertThat(answer.body())
                .doesNotContain("4242424242424242")
                .doesNotContain("4242424242424241");
    }

    @Test
    void badUtf8IsRefused() {
        byte[] body =
                "{\"amount\":1,\"currency\":\"\u00ff\u00fe\"}"
                        .getBytes(StandardCharsets.ISO_8859_1);
        byte[] head =
                head(
                                "POST",
                                "/v1/payments",
                                body.length,
                                "Idempotency-Key: u1\r\nContent-Type: application/json\r\n")
                        .getBytes(StandardCharsets.ISO_8859_1);
        byte[] all = new byte[head.length + body.length];
        System.arraycopy(head, 0, all, 0, head.length);
        System.arraycopy(body, 0, all, head.length, body.length);

        assertProblem(RawHttp.send(rig.port(), all), 400, "invalid_utf8");
    }

    @Test
    void aBodyBeyondTheLimitIsRefusedWhateverItsFraming() {
        String big = "x".repeat(70_000);
        for (int i = 0; i < 50; i++) {
            // Each time: the answer must not be lost with a connection that is reset.
            assertProblem(rig.api().pay("big", big), 413, "body_too_large");
        }
        String chunked =
                "POST /v1/payments HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer "
                        + rig.key()
                        + "\r\nIdempotency-Key: big2\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
                        + "11170\r\n"
                        + big
                        + "\r\n0\r\n\r\n";
        assertProblem(RawHttp.send(rig.port(), chunked), 413, "body_too_large");
    }

    @Test
    void aMissingOrOddIdempotencyKeyIsNamed() {
        Api.Answer missing = rig.api().post("/v1/payments", Api.payment(1), Map.of());
        assertProblem(missing, 400, "idempotency_key_required");
        assertThat(missing.text("param")).isEqualTo("Idempotency-Key");
        assertProblem(
                rig.api().pay("x".repeat(256), Api.payment(1)), 400, "invalid_idempotency_key");
        assertProblem(rig.api().pay("\"unclosed", Api.payment(1)), 400, "invalid_idempotency_key");
    }

    @Test
    void anOddDeadlineIsNamed() {
        for (String deadline : new String[] {"0", "61", "ten", "1.5", "-1"}) {
            Api.Answer answer =
                    rig.api()
                            .post(
                                    "/v1/payments",
                                    Api.payment(1),
                                    Map.of("Idempotency-Key", "d", "Payment-Deadline", deadline));
            assertProblem(answer, 400, "invalid_payment_deadline");
        }
    }

    @Test
    void anotherContentTypeIsRefused() {
        assertProblem(
                rig.api()
                        .post(
                                "/v1/payments",
                                "a=b",
                                Map.of(
                                        "Idempotency-Key",
                                        "c",
                                        "Content-Type",
                                        "application/x-www-form-urlencoded")),
                415,
                "unsupported_media_type");
    }

    @Test
    void wrongMethodsAreToldWhatIsAllowed() {
        for (String method : new String[] {"PUT", "DELETE", "PATCH", "TRACE"}) {
            Api.Answer answer = rig.api().send(method, "/v1/payments");
            assertProblem(answer, 405, "method_not_allowed");
            assertThat(answer.header("Allow")).contains("POST, GET");
        }
        assertThat(rig.api().send("POST", "/v1/events").header("Allow")).contains("GET");
    }

    @Test
    void unknownAddressesAndIdsAreNotFound() {
        assertProblem(rig.api().get("/nowhere"), 404, "not_found");
        assertProblem(
                rig.api().get("/v1/payments/pay_00000000000000000000000000"), 404, "not_found");
        assertProblem(rig.api().get("/v1/payments/nonsense"), 404, "not_found");
        assertProblem(
                rig.api().get("/v1/operations/op_7zzzzzzzzzzzzzzzzzzzzzzzzz"), 404, "not_found");
    }

    @Test
    void wrongQueriesAreNamed() {
        assertProblem(rig.api().get("/v1/payments?limit=0"), 422, "invalid_value");
        assertProblem(rig.api().get("/v1/payments?limit=101"), 422, "invalid_value");
        assertProblem(rig.api().get("/v1/payments?bogus=1"), 400, "unknown_parameter");
        assertProblem(rig.api().get("/v1/payments?limit=1&limit=2"), 400, "duplicate_parameter");
        assertProblem(rig.api().get("/v1/payments?after=nonsense"), 422, "invalid_cursor");
        assertProblem(rig.api().get("/v1/payments?status=odd"), 422, "invalid_value");
        assertProblem(rig.api().get("/v1/payments?created_gte=yesterday"), 422, "invalid_value");
        assertProblem(rig.api().get("/v1/events?after=-1"), 422, "invalid_value");
        Api.Answer tooNew = rig.api().get("/v1/payments?min_seq=999999999");
        assertProblem(tooNew, 503, "not_yet_visible");
        assertThat(tooNew.header("Retry-After")).isPresent();
    }

    @Test
    void keysOfEveryWrongKindGetTheSame401() {
        String flipped =
                rig.key().substring(0, 20)
                        + (rig.key().charAt(20) == 'a' ? 'b' : 'a')
                        + rig.key().substring(21);
        String body = null;
        for (String key :
                new String[] {
                    "", "nonsense", "oq_test_short", flipped, "oq_live_" + "0".repeat(49)
                }) {
            Api.Answer answer = rig.api(key).get("/v1/payments");
            assertProblem(answer, 401, "unauthenticated");
            String same = answer.body().replaceAll("req_\\w+", "");
            assertThat(body == null || body.equals(same)).isTrue();
            body = same;
            assertThat(answer.header("WWW-Authenticate")).isPresent();
        }
    }

    @Test
    void whatIsNotHttpGetsAProblemToo() {
        assertProblem(RawHttp.send(rig.port(), "GARBAGE\r\n\r\n"), 400, "malformed_request");
        assertProblem(RawHttp.send(rig.port(), "GET / HTTP/1.1\r\n\r\n"), 400, "malformed_request");
        assertProblem(
                RawHttp.send(rig.port(), "GET /%zz HTTP/1.1\r\nHost: x\r\n\r\n"),
                400,
                "malformed_request");
        assertProblem(
                RawHttp.send(
                        rig.port(),
                        "POST /v1/payments HTTP/1.1\r\nHost: x\r\nContent-Length: many\r\n\r\n"),
                400,
                "malformed_request");
        assertProblem(
                RawHttp.send(rig.port(), "GET / HTTP/1.1\r\nHost: x\r\nno colon here\r\n\r\n"),
                400,
                "malformed_request");
    }

    @Test
    void whereABodyEndsIsNotGuessed() throws Exception {
        String first =
                "POST /v1/payments HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n"
                        + "Content-Type: application/json\r\nIdempotency-Key: k\r\nAuthorization: Bearer "
                        + rig.key()
                        + "\r\n\r\nzz\r\n0\r\n\r\n";
        String hidden = "GET /v1/balance HTTP/1.1\r\nHost: x\r\n\r\n";
        try (java.net.Socket socket =
                new java.net.Socket(java.net.InetAddress.getLoopbackAddress(), rig.port())) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write((first + hidden).getBytes(StandardCharsets.ISO_8859_1));

            String all =
                    new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);

            assertThat(all).startsWith("HTTP/1.1 400 ").contains("malformed_request");
            assertThat(all.split("\r\nDate: ", -1)).as("answers").hasSize(2);
        }
    }

    @Test
    void headersBeyondTheLimitGet431() {
        String huge =
                "GET /v1/payments HTTP/1.1\r\nHost: x\r\nX-Big: " + "y".repeat(20_000) + "\r\n\r\n";

        assertProblem(RawHttp.send(rig.port(), huge), 431, "headers_too_large");
    }

    @Test
    void aConnectionIsClosedWhenItsClientAsksForIt() throws Exception {
        for (String path : new String[] {"/openapi.yaml", "/nowhere"}) {
            try (java.net.Socket socket =
                    new java.net.Socket(java.net.InetAddress.getLoopbackAddress(), rig.port())) {
                socket.setSoTimeout(5_000);
                socket.getOutputStream()
                        .write(
                                ("GET "
                                                + path
                                                + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
                                        .getBytes(StandardCharsets.US_ASCII));

                // Returns only at the end of the stream.
                assertThat(
                                new String(
                                        socket.getInputStream().readAllBytes(),
                                        StandardCharsets.UTF_8))
                        .startsWith("HTTP/1.1 ");
            }
        }
    }

    @Test
    void anAddressBeyondTheLimitGets414() {
        String huge = "GET /" + "y".repeat(20_000) + " HTTP/1.1\r\nHost: x\r\n\r\n";

        assertProblem(RawHttp.send(rig.port(), huge), 414, "uri_too_long");
    }

    private static String head(String method, String path, int length, String more) {
        return method
                + " "
                + path
                + " HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer "
                + rig.key()
                + "\r\nContent-Length: "
                + length
                + "\r\n"
                + more
                + "\r\n";
    }

    private static void assertProblem(Api.Answer answer, int status, String code) {
        assertThat(answer.status()).as(answer.body()).isEqualTo(status);
        assertThat(answer.header("Content-Type").orElse("")).startsWith("application/problem+json");
        assertThat(answer.code()).isEqualTo(code);
        assertThat(answer.json().getInt("status")).isEqualTo(status);
        assertThat(answer.text("title")).isNotEmpty();
        assertThat(answer.text("detail")).isNotEmpty();
        assertThat(answer.text("type")).startsWith("https://");
        assertThat(answer.header("Request-Id")).isPresent();
    }
}
