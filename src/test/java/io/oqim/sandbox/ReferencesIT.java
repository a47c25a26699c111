package io.oqim.sandbox;

import static io.oqim.sandbox.RunningSandbox.order;
import static org.assertj.core.api.Assertions.assertThat;

import io.oqim.sandbox.RunningSandbox.Reply;
import jakarta.json.JsonObject;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ReferencesIT {
    private static final int CALLERS = 50;

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
    void sameReferenceTwiceIsRefusedAsDuplicate() throws Exception {
        Reply first = sandbox.sale("s1", 1_000);

        Reply second = sandbox.sale("s1", 2_000);

        assertThat(second.status()).isEqualTo(409);
        assertThat(second.code()).isEqualTo("duplicate_reference");
        assertThat(second.body().getJsonObject("original")).isEqualTo(first.body());
        assertThat(sandbox.journal("")).hasSize(1);
    }

    @Test
    void sameReferenceFiftyTimesAtOnceHasOneEffect() throws Exception {
        List<Reply> replies = atOnce(number -> sandbox.sale("s1", 1_000));

        assertThat(replies).filteredOn(reply -> reply.status() == 200).hasSize(1);
        assertThat(replies)
                .filteredOn(reply -> reply.status() == 409)
                .hasSize(CALLERS - 1)
                .allSatisfy(reply -> assertThat(reply.code()).isEqualTo("duplicate_reference"));
        assertThat(sandbox.journal("")).hasSize(1);
    }

    @Test
    void capturesAtOnceNeverExceedTheAuthorization() throws Exception {
        Reply payment = sandbox.authorize("a1", 1_000);

        List<Reply> replies =
                atOnce(number -> sandbox.later(payment, "captures", order("c" + number, 100)));

        assertThat(replies).filteredOn(reply -> reply.status() == 200).hasSize(10);
        assertThat(sum("debit")).isEqualTo(1_000);
    }

    @Test
    void refundsAtOnceNeverExceedTheCapture() throws Exception {
        Reply payment = sandbox.sale("s1", 1_000);

        List<Reply> replies =
                atOnce(number -> sandbox.later(payment, "refunds", order("r" + number, 300)));

        assertThat(replies).filteredOn(reply -> reply.status() == 200).hasSize(3);
        assertThat(sum("credit")).isEqualTo(900);
    }

    @Test
    void voidByReferenceCreditsASaleAndBarsTheReference() throws Exception {
        Reply sale = sandbox.sale("s1", 1_000);

        Reply voided = sandbox.voidReference("s1", "t1");

        assertThat(voided.status()).isEqualTo(200);
        assertThat(voided.text("reference")).isEqualTo("t1");
        assertThat(voided.text("operation")).isEqualTo("void");
        assertThat(voided.text("status")).isEqualTo("voided");
        assertThat(voided.body().getBoolean("had_effect")).isTrue();
        assertThat(voided.text("bank_reference")).isEqualTo(sale.text("bank_reference"));
        Reply stands = sandbox.enquire("s1");
        assertThat(stands.text("status")).isEqualTo("voided");
        assertThat(stands.text("operation")).isEqualTo("sale");
        assertThat(stands.body().getBoolean("had_effect")).isTrue();
        assertThat(sandbox.sale("s1", 1_000).code()).isEqualTo("reference_voided");
        assertThat(sandbox.later(sale, "refunds", order("r1", 1)).status()).isEqualTo(409);
        assertThat(effects()).containsExactly("debit 1000", "credit 1000");
    }

    @Test
    void voidByReferenceReleasesAHold() throws Exception {
        Reply payment = sandbox.authorize("a1", 1_000);

        Reply voided = sandbox.voidReference("a1", "t1");

        assertThat(voided.body().getBoolean("had_effect")).isTrue();
        assertThat(sandbox.later(payment, "captures", order("c1", 1)).code())
                .isEqualTo("amount_exceeded");
        assertThat(effects()).containsExactly("hold 1000", "release 1000");
    }

    @Test
    void voidByReferenceCreditsWhatIsNotRefundedYet() throws Exception {
        Reply sale = sandbox.sale("s1", 1_000);
        sandbox.later(sale, "refunds", order("r1", 400));

        sandbox.voidReference("s1", "t1");

        assertThat(sum("credit")).isEqualTo(1_000);
    }

    @Test
    void referenceThatHasNotArrivedIsBarredForEver() throws Exception {
        Reply voided = sandbox.voidReference("s1", "t1");

        assertThat(voided.status()).isEqualTo(200);
        assertThat(voided.body().getBoolean("had_effect")).isFalse();
        assertThat(voided.body().getInt("amount")).isZero();
        assertThat(voided.text("currency")).isEqualTo("XXX");
        assertThat(sandbox.sale("s1", 1_000).code()).isEqualTo("reference_voided");
        assertThat(sandbox.authorize("s1", 1_000).status()).isEqualTo(409);
        assertThat(sandbox.enquire("s1").text("status")).isEqualTo("voided");
        assertThat(effects()).containsExactly("none 0");
    }

    @Test
    void voidByReferenceEndsAPendingPayment() throws Exception {
        sandbox.times("pending_ms", 1_000);
        sandbox.sale("s1", 10_074);

        Reply voided = sandbox.voidReference("s1", "t1");
        sandbox.sale("s2", 10_074);
        sandbox.untilStatus("s2", "approved");

        assertThat(voided.body().getBoolean("had_effect")).isFalse();
        assertThat(sandbox.enquire("s1").text("status")).isEqualTo("voided");
        assertThat(sum("debit")).isEqualTo(10_074);
    }

    @Test
    void voidByReferenceIsIdempotent() throws Exception {
        sandbox.sale("s1", 1_000);

        Reply first = sandbox.voidReference("s1", "t1");
        Reply again = sandbox.voidReference("s1", "t1");
        Reply other = sandbox.voidReference("s1", "t2");

        assertThat(again.body()).isEqualTo(first.body());
        assertThat(other.status()).isEqualTo(200);
        assertThat(other.body().getBoolean("had_effect")).isTrue();
        assertThat(sum("credit")).isEqualTo(1_000);
        assertThat(sandbox.voidReference("s2", "t1").code()).isEqualTo("duplicate_reference");
    }

    @Test
    void declinedPaymentHadNoEffect() throws Exception {
        sandbox.sale("s1", 1_000, "4000000000000002");

        assertThat(sandbox.voidReference("s1", "t1").body().getBoolean("had_effect")).isFalse();
        assertThat(sandbox.enquire("s1").text("status")).isEqualTo("voided");
    }

    @Test
    void captureCannotBeVoidedByReference() throws Exception {
        Reply payment = sandbox.authorize("a1", 1_000);
        sandbox.later(payment, "captures", order("c1", 100));

        assertThat(sandbox.voidReference("c1", "t1").code()).isEqualTo("not_reversible");
        assertThat(sandbox.voidReference("a1", "t2").code()).isEqualTo("already_captured");
        assertThat(sandbox.voidReference("t3", "t3").status()).isEqualTo(422);
    }

    @RepeatedTest(5)
    void saleAndItsVoidAtOnceLeaveNoMoneyMoved() throws Exception {
        atOnce(
                number ->
                        number % 2 == 0
                                ? sandbox.sale("s" + number / 2, 1_000)
                                : sandbox.voidReference("s" + number / 2, "t" + number / 2));

        assertThat(sum("debit")).isEqualTo(sum("credit"));
        for (int i = 0; i < CALLERS / 2; i++) {
            assertThat(sandbox.enquire("s" + i).text("status")).isEqualTo("voided");
        }
    }

    @Test
    void enquiryTellsHowAnOperationStands() throws Exception {
        Reply sale = sandbox.sale("s1", 1_000);

        assertThat(sandbox.enquire("s1").body()).isEqualTo(sale.body());
        assertThat(sandbox.enquire("s2").status()).isEqualTo(404);
        assertThat(sandbox.enquire("s2").code()).isEqualTo("not_found");
    }

    private static List<Reply> atOnce(AtOnce.Caller<Reply> caller) throws Exception {
        return AtOnce.run(CALLERS, caller);
    }

    private List<String> effects() throws Exception {
        return sandbox.journal("").stream()
                .map(row -> row.getString("effect") + " " + row.getInt("amount"))
                .toList();
    }

    private long sum(String effect) throws Exception {
        return sandbox.journal("").stream()
                .filter(row -> row.getString("effect").equals(effect))
                .mapToLong((JsonObject row) -> row.getJsonNumber("amount").longValue())
                .sum();
    }
}
