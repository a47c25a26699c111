package io.oqim.sandbox;

import static io.oqim.sandbox.RunningSandbox.payment;
import static org.assertj.core.api.Assertions.assertThat;

import io.oqim.sandbox.RunningSandbox.Reply;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ChallengesIT {
    private static final String CHALLENGED = "4000000000003220";

    @TempDir Path books;
    private RunningSandbox sandbox;

    @BeforeEach
    void start() {
        sandbox = RunningSandbox.at(books);
    }

    @AfterEach
    void stop() {
        sandbox.close();
    }

    @ParameterizedTest
    @CsvSource({"approve, approved, debit", "decline, declined, none"})
    void cardholderDecides(String result, String status, String effect) throws Exception {
        Reply reply = sandbox.sale("s1", 1_000, CHALLENGED);
        assertThat(reply.status()).isEqualTo(202);
        assertThat(reply.text("status")).isEqualTo("action_required");
        String page = url(reply);
        assertThat(get(page).body()).contains("value=\"approve\"").contains("value=\"decline\"");

        HttpResponse<String> answered = post(page, "result=" + result);

        assertThat(answered.statusCode()).isEqualTo(200);
        assertThat(answered.body()).contains(status);
        assertThat(sandbox.enquire("s1").text("status")).isEqualTo(status);
        assertThat(sandbox.journal("?reference=s1"))
                .extracting(row -> row.getString("effect"))
                .containsExactly("none", effect);
    }

    @Test
    void amountAsksForAChallengeWhateverTheCard() throws Exception {
        Reply reply = sandbox.authorize("a1", 10_079);

        assertThat(reply.text("status")).isEqualTo("action_required");
        assertThat(reply.body().getJsonObject("action").getString("type")).isEqualTo("redirect");
        assertThat(sandbox.enquire("a1").body().containsKey("action")).isTrue();
    }

    @Test
    void cardholderIsSentBackToTheShop() throws Exception {
        Reply reply =
                sandbox.post(
                        "/alpha/v1/payments",
                        payment("s1", 10_079)
                                .add("return_url", "https://shop.test/?a=1&b")
                                .build());

        HttpResponse<String> answered = post(url(reply), "result=approve");

        assertThat(answered.statusCode()).isEqualTo(303);
        assertThat(answered.headers().firstValue("Location")).hasValue("https://shop.test/?a=1&b");
        assertThat(get(url(reply)).body()).contains("href=\"https://shop.test/?a=1&amp;b\"");
    }

    @Test
    void onlyTheFirstAnswerCounts() throws Exception {
        Reply reply = sandbox.sale("s1", 10_079);
        post(url(reply), "result=decline");

        post(url(reply), "result=approve");

        Reply now = sandbox.enquire("s1");
        assertThat(now.body().getJsonObject("decline").getString("code"))
                .isEqualTo("authentication_failed");
        assertThat(sandbox.journal("")).hasSize(2);
    }

    @Test
    void unfinishedChallengeIsDeclinedInTime() throws Exception {
        sandbox.times("challenge_ms", 100);
        sandbox.sale("s1", 1_000, CHALLENGED);

        Reply now = sandbox.untilStatus("s1", "declined");

        assertThat(now.body().getJsonObject("decline").getString("code"))
                .isEqualTo("authentication_timeout");
    }

    @Test
    void voidedChallengeCannotBeApproved() throws Exception {
        Reply reply = sandbox.sale("s1", 10_079);
        sandbox.voidReference("s1", "t1");

        post(url(reply), "result=approve");

        assertThat(sandbox.enquire("s1").text("status")).isEqualTo("voided");
    }

    @Test
    void unclearAnswerAndUnknownPaymentAreRefused() throws Exception {
        Reply reply = sandbox.sale("s1", 10_079);

        assertThat(post(url(reply), "result=perhaps").statusCode()).isEqualTo(422);
        assertThat(sandbox.get("/alpha/challenge/b0").status()).isEqualTo(404);
    }

    private static String url(Reply reply) {
        return reply.body().getJsonObject("action").getString("url");
    }

    private HttpResponse<String> get(String url) throws Exception {
        return sandbox.send(HttpRequest.newBuilder(URI.create(url)).build());
    }

    private HttpResponse<String> post(String url, String form) throws Exception {
        return sandbox.send(
                HttpRequest.newBuilder(URI.create(url))
                        .header("Content-Type", "application/x-www-form-urlencoded")
                        .POST(HttpRequest.BodyPublishers.ofString(form))
                        .build());
    }
}
