package io.oqim.sandbox;

import static io.oqim.sandbox.RunningSandbox.order;
import static io.oqim.sandbox.RunningSandbox.payment;
import static org.assertj.core.api.Assertions.assertThat;

import io.oqim.sandbox.RunningSandbox.Reply;
import jakarta.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class JournalIT {
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

    @Test
    void rowTellsWhatHappened() throws Exception {
        Reply sale = sandbox.sale("s1", 1_000);

        JsonObject row = sandbox.journal("").getFirst();

        assertThat(row.keySet())
                .containsExactly(
                        "seq",
                        "at",
                        "bank",
                        "reference",
                        "operation",
                        "amount",
                        "currency",
                        "effect",
                        "fault",
                        "payment");
        assertThat(row.getInt("seq")).isEqualTo(1);
        assertThat(row.getString("bank")).isEqualTo("alpha");
        assertThat(row.getString("operation")).isEqualTo("sale");
        assertThat(row.getString("payment")).isEqualTo(sale.text("bank_reference"));
        assertThat(row.isNull("fault")).isTrue();
    }

    @Test
    void numbersHaveNoGapsOverAllBanksUnderConcurrency() throws Exception {
        AtOnce.run(
                300,
                number -> {
                    String bank = number % 3 == 0 ? "beta" : "alpha";
                    JsonObject body = payment("s" + number, 100).build();
                    return sandbox.post("/" + bank + "/v1/payments", body);
                });

        List<Long> all = numbers("");
        List<Long> beta = numbers("?bank=beta");

        assertThat(all).isEqualTo(LongStream.rangeClosed(1, 300).boxed().toList());
        assertThat(beta).hasSize(100).isSorted();
    }

    @Test
    void pagesFollowEachOther() throws Exception {
        for (int i = 0; i < 5; i++) {
            sandbox.sale("s" + i, 100);
        }

        assertThat(numbers("?limit=2")).containsExactly(1L, 2L);
        assertThat(sandbox.get("/journal?limit=2").body().getBoolean("has_more")).isTrue();
        assertThat(numbers("?after=2&limit=2")).containsExactly(3L, 4L);
        assertThat(numbers("?after=4")).containsExactly(5L);
        assertThat(sandbox.get("/journal?limit=5").body().getBoolean("has_more")).isFalse();
        assertThat(numbers("?after=5")).isEmpty();
        assertThat(numbers("?after=1&reference=s1")).containsExactly(2L);
        assertThat(numbers("?after=2&reference=s1")).isEmpty();
        assertThat(numbers("?reference=unknown")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"after=-1", "after=x", "limit=0", "limit=10001", "bank=gamma"})
    void badParameterIsRefusedByName(String query) throws Exception {
        Reply reply = sandbox.get("/journal?" + query);

        assertThat(reply.status()).isEqualTo(400);
        assertThat(query).startsWith(reply.text("field"));
    }

    @Test
    void booksSurviveARestart() throws Exception {
        Reply payment = sandbox.authorize("a1", 1_000);
        sandbox.later(payment, "captures", order("c1", 400));
        sandbox.sale("s1", 500);
        sandbox.voidReference("s1", "t1");
        sandbox.voidReference("never", "t2");
        List<JsonObject> before = sandbox.journal("");
        Reply stood = sandbox.enquire("a1");

        restart();

        assertThat(sandbox.journal("")).isEqualTo(before);
        assertThat(sandbox.enquire("a1").body()).isEqualTo(stood.body());
        assertThat(sandbox.enquire("s1").text("status")).isEqualTo("voided");
        assertThat(sandbox.authorize("a1", 1_000).code()).isEqualTo("duplicate_reference");
        assertThat(sandbox.sale("never", 1).code()).isEqualTo("reference_voided");
        assertThat(sandbox.later(payment, "captures", order("c2", 601)).status()).isEqualTo(409);
        assertThat(sandbox.later(payment, "captures", order("c3", 600)).status()).isEqualTo(200);
        assertThat(numbers("?after=" + before.size())).containsExactly(before.size() + 1L);
    }

    @Test
    void pendingPaymentIsDecidedAfterARestart() throws Exception {
        sandbox.times("pending_ms", 300);
        sandbox.sale("s1", 10_074);
        sandbox.sale("s2", 10_075);

        restart();

        assertThat(sandbox.untilStatus("s1", "approved").body().containsKey("rrn")).isTrue();
        sandbox.untilStatus("s2", "declined");
    }

    @Test
    void tornLastLineIsCut() throws Exception {
        sandbox.sale("s1", 100);
        sandbox.close();
        Path file = books.resolve("journal.ndjson");
        String line = Files.readString(file);
        String torn = line.replace("s1", "s2").substring(0, line.length() / 2);
        Files.writeString(file, torn, StandardOpenOption.APPEND);

        sandbox = RunningSandbox.at(books);

        assertThat(Files.readString(file)).isEqualTo(line);
        assertThat(sandbox.enquire("s2").status()).isEqualTo(404);
        sandbox.sale("s2", 100);
        assertThat(numbers("")).containsExactly(1L, 2L);
    }

    @Test
    void noCardNumberAndNoCvcIsWrittenDown() throws Exception {
        sandbox.sale("s1", 100);

        try (Stream<Path> files = Files.walk(books)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                assertThat(Files.readString(file))
                        .doesNotContain("4242424242424242")
                        // Within the bank's own numbers it may come by chance.
                        .doesNotContainPattern("(?<![0-9])987(?![0-9])")
                        .doesNotContain("cvc")
                        .contains("424242");
            }
        }
    }

    private void restart() {
        sandbox.close();
        sandbox = RunningSandbox.at(books);
    }

    private List<Long> numbers(String query) throws Exception {
        return sandbox.journal(query).stream()
                .map(row -> row.getJsonNumber("seq").longValue())
                .toList();
    }
}
