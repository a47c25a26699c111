package io.oqim.sandbox;

import static io.oqim.sandbox.RunningSandbox.order;
import static io.oqim.sandbox.RunningSandbox.payment;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.oqim.sandbox.RunningSandbox.Reply;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ControlIT {
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
    @CsvSource(
            delimiter = '|',
            value = {
                "PUT | latency | {'distribution':'constant'} | median_ms",
                "PUT | latency | {'median_ms':5} | distribution",
                "PUT | latency | {'distribution':'normal','median_ms':5} | distribution",
                "PUT | latency | {'distribution':'constant','median_ms':-1} | median_ms",
                "PUT | latency | {'distribution':'constant','median_ms':'5'} | median_ms",
                "PUT | latency | {'distribution':'constant','median_ms':5,'tail':1} | tail",
                "PUT | latency | {'distribution':'constant','median_ms':5,'bank':'gamma'} | bank",
                "PUT | latency | {'distribution':'constant','median_ms':5,'operation':'sale'} | operation",
                "PUT | latency | {'distribution':'constant','median_ms':5,'tail_probability':1} | tail_ms",
                "PUT | faults | [{'probability':1}] | rules[0].action",
                "PUT | faults | [{'probability':2,'action':'hang'}] | rules[0].probability",
                "PUT | faults | [{'probability':1,'action':'delay_ms:x'}] | rules[0].action",
                "PUT | faults | [{'probability':1,'action':'hang','operation':'x'}] | rules[0].operation",
                "PUT | faults | [{'probability':1,'action':'hang','times':1}] | rules[0].times",
                "PUT | faults | {'rules':{}} | rules",
                "PUT | suffixes | {} | enabled",
                "PUT | suffixes | {'enabled':1} | enabled",
                "PUT | suffix-times | {'pending_ms':1.5} | pending_ms",
                "PUT | suffix-times | {'enquiry_lag_ms':60001} | enquiry_lag_ms",
                "PUT | risk | {'decision':'maybe'} | decision",
                "PUT | risk | {'decision':'refuse','card_first6':'12'} | card_first6",
                "PUT | suffix-times | {'dispute_ms':-1} | dispute_ms",
                "POST | disputes | {'reference':'s1'} | bank",
                "POST | disputes | {'bank':'gamma','reference':'s1'} | bank",
                "POST | disputes | {'bank':'alpha'} | reference",
                "POST | disputes | {'bank':'alpha','reference':'s1','amount':0} | amount",
                "POST | disputes | {'bank':'alpha','reference':'s1','reason':'So?'} | reason",
                "POST | disputes | {'bank':'alpha','reference':'s1','respond_within_ms':99} | respond_within_ms",
                "POST | disputes | {'bank':'alpha','reference':'s1','who':'x'} | who",
                "POST | disputes/decide | {'outcome':'won'} | dispute",
                "POST | disputes/decide | {'dispute':'d1','outcome':'accepted'} | outcome",
                "POST | freeze | {'bank':'gamma'} | bank",
                "POST | thaw | {'who':'alpha'} | who"
            })
    void badInputIsRefusedByNameAndChangesNothing(
            String method, String path, String body, String field) throws Exception {
        JsonObject before = sandbox.get("/control").body();

        HttpResponse<String> response =
                sandbox.send(method, "/control/" + path, body.replace('\'', '"'));

        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(RunningSandbox.json(response).text("field")).isEqualTo(field);
        assertThat(sandbox.get("/control").body()).isEqualTo(before);
    }

    @Test
    void latencyIsSetForOneKindOfTraffic() throws Exception {
        put(
                "latency",
                "{'bank':'alpha','operation':'money','distribution':'constant','median_ms':150}");

        assertThat(millis(() -> sandbox.sale("s1", 100))).isGreaterThanOrEqualTo(149);
        assertThat(millis(() -> sandbox.enquire("s1"))).isLessThan(149);
    }

    @Test
    void manySlowRequestsAreServedAtOnce() throws Exception {
        put("latency", "{'operation':'money','distribution':'constant','median_ms':500}");

        long millis = millis(() -> AtOnce.run(1_000, number -> sandbox.sale("s" + number, 100)));

        assertThat(sandbox.journal("?limit=10000")).hasSize(1_000);
        assertThat(Duration.ofMillis(millis)).isLessThan(Duration.ofSeconds(10));
    }

    @Test
    void faultsStrikeBeforeOrAfterProcessing() throws Exception {
        fault("drop_before");
        assertThatThrownBy(() -> sandbox.sale("s1", 100)).isInstanceOf(IOException.class);
        fault("not_processed_503");
        assertThat(sandbox.sale("s1", 100).code()).isEqualTo("not_processed");
        assertThat(sandbox.enquire("s1").status()).isEqualTo(404);

        fault("drop_after");
        assertThatThrownBy(() -> sandbox.sale("s1", 100)).isInstanceOf(IOException.class);
        assertThat(sandbox.enquire("s1").text("status")).isEqualTo("approved");

        fault("error_500_after");
        assertThat(sandbox.sale("s2", 100).status()).isEqualTo(500);
        fault("malformed");
        HttpResponse<String> malformed =
                sandbox.send("POST", "/alpha/v1/payments", payment("s3", 100).build() + "");
        assertThat(malformed.body()).doesNotEndWith("}");
        fault("delay_ms:150");
        assertThat(millis(() -> sandbox.sale("s4", 100))).isGreaterThanOrEqualTo(149);

        assertThat(sandbox.journal(""))
                .extracting(row -> row.getString("fault"))
                .containsExactly("drop_after", "error_500_after", "malformed", "delay_ms:150");
    }

    @Test
    void hangingRequestIsNeitherProcessedNorAnswered() throws Exception {
        fault("hang");

        assertThatThrownBy(
                        () ->
                                sandbox.send(
                                        sandbox.request(
                                                        "POST",
                                                        "/alpha/v1/payments",
                                                        payment("s1", 100).build() + "")
                                                .header(
                                                        "Authorization",
                                                        "Bearer " + RunningSandbox.KEY)
                                                .timeout(Duration.ofMillis(200))
                                                .build()))
                .isInstanceOf(IOException.class);

        assertThat(sandbox.journal("")).isEmpty();
    }

    @Test
    void ruleStrikesAsOftenAsItSays() throws Exception {
        put(
                "faults",
                "[{'operation':'refund','probability':1,'times_left':1,'action':'error_500_after'}]");
        Reply sale = sandbox.sale("s1", 100);

        assertThat(sandbox.later(sale, "refunds", order("r1", 1)).status()).isEqualTo(500);
        assertThat(sandbox.later(sale, "refunds", order("r2", 1)).status()).isEqualTo(200);
    }

    @Test
    void frozenBankAnswersWhenItIsThawed() throws Exception {
        sandbox.send("POST", "/control/freeze", "{\"bank\":\"alpha\"}");

        try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<Reply> reply = callers.submit(() -> sandbox.sale("s1", 100));
            assertThat(sandbox.post("/beta/v1/payments", payment("s2", 100).build()).status())
                    .isEqualTo(200);
            assertThat(reply.isDone()).isFalse();

            sandbox.send("POST", "/control/thaw", "");

            assertThat(reply.get().text("status")).isEqualTo("approved");
        }
    }

    @Test
    void requestThatIsOlderThanTheLongestDelayIsNotProcessed() throws Exception {
        sandbox.control(
                "PUT",
                "/suffix-times",
                JsonText.parse(
                                "{\"enquiry_lag_ms\":0,\"longest_delay_ms\":50}"
                                        .getBytes(StandardCharsets.UTF_8))
                        .get());
        put("latency", "{'operation':'money','distribution':'constant','median_ms':150}");

        Reply reply = sandbox.sale("s1", 100);

        assertThat(reply.status()).isEqualTo(503);
        assertThat(reply.code()).isEqualTo("not_processed");
        assertThat(sandbox.journal("")).isEmpty();
    }

    @Test
    void riskCheckCanRefuse() throws Exception {
        put(
                "risk",
                "{'bank':'alpha','decision':'refuse','code':'velocity','card_first6':'424242'}");

        assertThat(risk("alpha", "424242").text("code")).isEqualTo("velocity");
        assertThat(risk("alpha", "555555").text("decision")).isEqualTo("allow");
        assertThat(risk("beta", "424242").text("decision")).isEqualTo("allow");
    }

    @Test
    void resetBringsEverythingBack() throws Exception {
        JsonObject before = sandbox.get("/control").body();
        put("latency", "{'distribution':'log_normal','median_ms':5,'sigma':0.5,'seed':3}");
        fault("hang");
        put("suffixes", "{'enabled':false}");
        put("suffix-times", "{'pending_ms':1,'challenge_ms':2}");
        put("risk", "{'decision':'refuse'}");
        sandbox.send("POST", "/control/freeze", "{}");
        assertThat(sandbox.get("/control").body()).isNotEqualTo(before);

        sandbox.send("POST", "/control/reset", "");

        assertThat(sandbox.get("/control").body()).isEqualTo(before);
    }

    private Reply risk(String bank, String first6) throws Exception {
        return sandbox.post(
                "/" + bank + "/v1/risk-checks",
                order("k1", 100).add("card_first6", first6).build());
    }

    private void fault(String action) throws Exception {
        put(
                "faults",
                "[{'bank':'alpha','operation':'money','probability':1,'action':'" + action + "'}]");
    }

    private void put(String path, String body) throws Exception {
        HttpResponse<String> response =
                sandbox.send("PUT", "/control/" + path, body.replace('\'', '"'));
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    }

    private interface Task {
        void run() throws Exception;
    }

    private static long millis(Task task) throws Exception {
        long before = System.nanoTime();
        task.run();
        return Duration.ofNanos(System.nanoTime() - before).toMillis();
    }
}
