package io.oqim.sandbox;

import static io.oqim.sandbox.RunningSandbox.order;
import static io.oqim.sandbox.RunningSandbox.payment;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.oqim.sandbox.RunningSandbox.Reply;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class SuffixesIT {
    @TempDir Path books;
    private RunningSandbox sandbox;

    @BeforeEach
    void start() throws Exception {
        sandbox = RunningSandbox.at(books);
        sandbox.times("pending_ms", 100);
        sandbox.times("late_reply_ms", 200);
        sandbox.times("enquiry_lag_ms", 200);
    }

    @AfterEach
    void stop() {
        sandbox.close();
    }

    @ParameterizedTest
    @CsvSource({
        "0005, soft, do_not_honor",
        "0041, hard, lost_card",
        "0043, hard, stolen_card",
        "0051, soft, insufficient_funds",
        "0054, hard, expired_card",
        "0059, hard, fraudulent",
        "0061, soft, limit_exceeded",
        "0091, soft, issuer_unavailable",
        "0096, soft, processing_error"
    })
    void amountIsDeclined(String suffix, String kind, String code) throws Exception {
        Reply reply = sandbox.sale("s1", amount(suffix));

        assertThat(reply.status()).isEqualTo(200);
        JsonObject decline = reply.body().getJsonObject("decline");
        assertThat(decline.getString("kind")).isEqualTo(kind);
        assertThat(decline.getString("code")).isEqualTo(code);
        assertThat(row("s1").getString("fault")).isEqualTo(suffix);
        assertThat(row("s1").getString("effect")).isEqualTo("none");
    }

    @Test
    void droppedReplyIsProcessed() throws Exception {
        assertThatThrownBy(() -> sandbox.sale("s1", amount("0068")))
                .isInstanceOf(IOException.class);

        assertThat(sandbox.enquire("s1").text("status")).isEqualTo("approved");
        assertThat(row("s1").getString("fault")).isEqualTo("0068");
        assertThat(row("s1").getString("effect")).isEqualTo("debit");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0068", "0070"})
    void notOneByteIsSentBeforeTheConnectionCloses(String suffix) throws Exception {
        String body = payment("s1", amount(suffix)).build().toString();
        String head =
                "POST /alpha/v1/payments HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer "
                        + RunningSandbox.KEY
                        + "\r\nContent-Length: "
                        + body.length()
                        + "\r\n\r\n";

        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), sandbox.port());
                InputStream in = socket.getInputStream()) {
            socket.getOutputStream().write((head + body).getBytes(StandardCharsets.US_ASCII));

            assertThat(in.readAllBytes()).isEmpty();
        }
    }

    @Test
    void declinedCardWithADroppedReplyStaysDeclined() throws Exception {
        assertThatThrownBy(() -> sandbox.sale("s1", amount("0068"), "4000000000000002"))
                .isInstanceOf(IOException.class);

        assertThat(sandbox.enquire("s1").text("status")).isEqualTo("declined");
    }

    @Test
    void lateReplyComesLate() throws Exception {
        long before = System.nanoTime();

        Reply reply = sandbox.sale("s1", amount("0069"));

        assertThat(reply.text("status")).isEqualTo("approved");
        assertThat(System.nanoTime() - before).isGreaterThan(200_000_000L);
    }

    @Test
    void resetConnectionMeansNothingHappened() throws Exception {
        assertThatThrownBy(() -> sandbox.sale("s1", amount("0070")))
                .isInstanceOf(IOException.class);

        assertThat(sandbox.enquire("s1").status()).isEqualTo(404);
        assertThat(sandbox.journal("")).isEmpty();
    }

    @Test
    void errorAfterProcessingSaysNothing() throws Exception {
        Reply reply = sandbox.sale("s1", amount("0071"));

        assertThat(reply.status()).isEqualTo(500);
        assertThat(sandbox.enquire("s1").text("status")).isEqualTo("approved");
    }

    @Test
    void notProcessedIsTheBanksOwnWord() throws Exception {
        Reply reply = sandbox.sale("s1", amount("0072"));

        assertThat(reply.status()).isEqualTo(503);
        assertThat(reply.code()).isEqualTo("not_processed");
        assertThat(sandbox.enquire("s1").code()).isEqualTo("not_found");
    }

    @Test
    void malformedReplyIsNoJson() throws Exception {
        HttpResponse<String> response =
                sandbox.send(
                        "POST", "/alpha/v1/payments", payment("s1", amount("0073")).build() + "");

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.body()).startsWith("{");
        assertThat(JsonText.parse(response.body().getBytes(StandardCharsets.UTF_8))).isEmpty();
        assertThat(sandbox.enquire("s1").text("status")).isEqualTo("approved");
    }

    @ParameterizedTest
    @CsvSource({"0074, approved, debit", "0075, declined, none", "0076, approved, debit"})
    void pendingIsDecidedLater(String suffix, String status, String effect) throws Exception {
        Reply reply = sandbox.sale("s1", amount(suffix));

        assertThat(reply.status()).isEqualTo(202);
        assertThat(reply.text("status")).isEqualTo("pending");
        sandbox.untilStatus("s1", status);
        assertThat(sandbox.journal("?reference=s1"))
                .extracting(row -> row.getString("effect"))
                .containsExactly("none", effect);
    }

    @Test
    void pendingAuthorizationCannotBeCapturedYet() throws Exception {
        sandbox.times("pending_ms", 60_000);
        Reply payment = sandbox.authorize("a1", amount("0074"));

        assertThat(sandbox.later(payment, "captures", order("c1", 1)).code())
                .isEqualTo("amount_exceeded");
    }

    @Test
    void enquiryLagsBehindTheTruth() throws Exception {
        assertThatThrownBy(() -> sandbox.sale("s1", amount("0078")))
                .isInstanceOf(IOException.class);

        assertThat(sandbox.enquire("s1").code()).isEqualTo("not_found");
        assertThat(sandbox.sale("s1", 100).code()).isEqualTo("duplicate_reference");
        sandbox.untilStatus("s1", "approved");
    }

    @ParameterizedTest
    @ValueSource(strings = {"captures", "voids", "refunds"})
    void replyToALaterCallIsDropped(String what) throws Exception {
        boolean refund = what.equals("refunds");
        String suffix = what.equals("captures") ? "0080" : refund ? "0082" : "0081";
        Reply payment =
                refund
                        ? sandbox.sale("p1", amount(suffix))
                        : sandbox.authorize("p1", amount(suffix));
        assertThat(payment.text("status")).isEqualTo("approved");

        assertThatThrownBy(() -> sandbox.later(payment, what, order("l1", 500)))
                .isInstanceOf(IOException.class);

        assertThat(sandbox.enquire("l1").text("status")).isEqualTo("approved");
        assertThat(row("l1").getString("fault")).isEqualTo(suffix);
    }

    @Test
    void laterCallIsStruckByItsOwnAmount() throws Exception {
        Reply payment = sandbox.authorize("a1", 50_000);

        Reply reply = sandbox.later(payment, "captures", order("c1", amount("0005")));

        assertThat(reply.text("status")).isEqualTo("declined");
        assertThat(sandbox.later(payment, "captures", order("c2", 50_000)).text("status"))
                .isEqualTo("approved");
    }

    @Test
    void laterCallWithThePaymentsAmountIsNotStruckAgain() throws Exception {
        Reply payment = sandbox.authorize("a1", amount("0077"));

        assertThat(sandbox.later(payment, "captures", order("c1", amount("0077"))).status())
                .isEqualTo(200);
        assertThat(row("c1").isNull("fault")).isTrue();
    }

    @Test
    void openCapturesAndRefundsReserveTheirAmount() throws Exception {
        sandbox.times("pending_ms", 300);
        Reply payment = sandbox.authorize("a1", 50_000);

        Reply openCapture = sandbox.later(payment, "captures", order("c1", 40_074));
        Reply tooMuch = sandbox.later(payment, "captures", order("c2", 10_000));
        sandbox.untilStatus("c1", "approved");
        Reply openRefund = sandbox.later(payment, "refunds", order("r1", 30_075));
        Reply tooMuchBack = sandbox.later(payment, "refunds", order("r2", 10_000));
        sandbox.untilStatus("r1", "declined");
        Reply enough = sandbox.later(payment, "refunds", order("r3", 40_000));

        assertThat(openCapture.text("status")).isEqualTo("pending");
        assertThat(tooMuch.code()).isEqualTo("amount_exceeded");
        assertThat(openRefund.text("status")).isEqualTo("pending");
        assertThat(tooMuchBack.code()).isEqualTo("amount_exceeded");
        assertThat(enough.text("status")).isEqualTo("approved");
    }

    @Test
    void suffixesCanBeSwitchedOff() throws Exception {
        sandbox.control(
                "PUT", "/suffixes", Json.createObjectBuilder().add("enabled", false).build());

        assertThat(sandbox.sale("s1", amount("0051")).text("status")).isEqualTo("approved");
    }

    @Test
    void reservedSuffixDoesNothing() throws Exception {
        assertThat(sandbox.sale("s1", amount("0083")).text("status")).isEqualTo("approved");
    }

    private JsonObject row(String reference) throws Exception {
        return sandbox.journal("?reference=" + reference).getFirst();
    }

    private static long amount(String suffix) {
        return 10_000 + Long.parseLong(suffix);
    }
}
