package io.oqim;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.JsonObject;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Authorizations that become more or less, and captures after which the rest is released. */
class AdjustmentsIT {
    private static Rig rig;
    private static Shop shop;

    @BeforeAll
    static void start() {
        rig = Rig.start(Map.of("banks.breaker-volume", "1000"));
        shop = new Shop(rig);
    }

    @AfterAll
    static void stop() {
        rig.close();
    }

    @AfterEach
    void theBankIsWellAgain() {
        rig.bank().put("/control/faults", "[]");
    }

    @Test
    void anAuthorizationIsIncreasedAndAllOfItCaptured() {
        String id = shop.authorized(1_000);

        Api.Answer more = adjust(id, 1_500);

        assertThat(more.status()).as(more.body()).isEqualTo(201);
        assertThat(Shop.operation(more).getString("kind")).isEqualTo("adjust");
        assertThat(Shop.operation(more).getInt("amount_before")).isEqualTo(1_000);
        assertThat(Shop.payment(more).getInt("amount")).isEqualTo(1_000);
        assertThat(Shop.payment(more).getInt("amount_authorized")).isEqualTo(1_500);
        assertThat(Shop.payment(more).getString("status")).isEqualTo("authorized");
        Api.Answer captured = shop.operate(id, "captures", "{}");
        assertThat(Shop.payment(captured).getInt("amount_captured")).isEqualTo(1_500);
        assertThat(rig.bank().effects(rig.api(), id)).containsExactly("hold", "hold", "debit");
        assertThat(rig.api().eventTypes(id))
                .containsExactly(
                        "payment.created",
                        "payment.authorized",
                        "payment.adjusted",
                        "payment.captured");
        shop.assertBooksAgree(id);
        theAuditFindsNothing();
    }

    @Test
    void anAuthorizationIsDecreasedToWhatIsCapturedAndIsCapturedThen() {
        String id = shop.authorized(1_000);
        shop.operate(id, "captures", "{\"amount\":300}");

        assertThat(Shop.payment(adjust(id, 600)).getString("status"))
                .isEqualTo("partially_captured");
        Api.Answer rest = adjust(id, 300);

        assertThat(Shop.payment(rest).getString("status")).isEqualTo("captured");
        assertThat(Shop.payment(rest).getInt("amount_authorized")).isEqualTo(300);
        assertThat(rig.bank().moved(rig.api(), id, "release")).isEqualTo(700);
        shop.assertBooksAgree(id);
        theAuditFindsNothing();
    }

    @Test
    void whatAnAdjustmentCannotDoIsRefusedByItsName() {
        String id = shop.authorized(1_000);
        shop.operate(id, "captures", "{\"amount\":300}");

        assertThat(adjust(id, 299).code()).isEqualTo("adjustment_below_captured");
        assertThat(adjust(id, 1_000).code()).isEqualTo("adjustment_changes_nothing");
        assertThat(shop.operate(id, "adjustments", "{}").text("param")).isEqualTo("amount");
        assertThat(shop.operate(id, "adjustments", "{\"amount\":0}").code())
                .isEqualTo("invalid_amount");
        assertThat(adjust(shop.captured(1_000), 1_500).code()).isEqualTo("payment_captured");
    }

    @ParameterizedTest(name = "a decline of an adjustment from 50000 to {0} changes nothing")
    @CsvSource({"60005", "20051"})
    void anAdjustmentThatTheBankDeclinesFreesWhatItKept(long total) {
        String id = shop.authorized(50_000);

        Api.Answer declined = adjust(id, total);

        assertThat(Shop.operation(declined).getString("status")).isEqualTo("declined");
        assertThat(Shop.payment(declined).getInt("amount_authorized")).isEqualTo(50_000);
        assertThat(Shop.payment(declined).getInt("amount_capturable")).isEqualTo(50_000);
        assertThat(rig.bank().effects(rig.api(), id)).containsExactly("hold");
    }

    @ParameterizedTest(name = "an adjustment to {0} whose reply is lost is settled by asking")
    @CsvSource({"60068, 50000, 60068", "20068, 20068, 20068"})
    void anAdjustmentInDoubtKeepsWhatItMightHaveDone(long total, int meanwhile, int then) {
        String id = shop.authorized(50_000);

        Api.Answer doubt = adjust(id, total);

        assertThat(doubt.status()).as(doubt.body()).isEqualTo(202);
        assertThat(Shop.payment(doubt).getInt("amount_capturable")).isEqualTo(meanwhile);
        if (total > 50_000) {
            assertThat(Shop.payment(doubt).getInt("amount_authorized")).isEqualTo(50_000);
        }
        Until.is(
                () -> rig.api().get("/v1/payments/" + id).json(),
                now ->
                        now.isNull("in_doubt")
                                && now.getInt("amount_authorized") == then
                                && now.getInt("amount_capturable") == then);
        theAuditFindsNothing();
    }

    @ParameterizedTest(
            name = "all is captured while an increase to {0} is undecided, then it is {1}")
    @CsvSource({
        "60074, partially_captured, payment.partially_captured payment.adjusted",
        "60075, captured, payment.partially_captured operation.failed payment.captured"
    })
    void aPaymentIsNotCapturedWhileItMayStillBecomeMore(long total, String then, String events) {
        rig.bank().put("/control/suffix-times", "{\"pending_ms\":700}");
        String id = shop.authorized(50_000);
        assertThat(Shop.operation(adjust(id, total)).getString("status")).isEqualTo("processing");

        Api.Answer captured = shop.operate(id, "captures", "{}");

        assertThat(Shop.payment(captured).getString("status")).isEqualTo("partially_captured");
        Until.is(
                () -> rig.api().operations(id).get(1).getString("status"),
                status -> !status.equals("processing"));
        assertThat(rig.api().get("/v1/payments/" + id).text("status")).isEqualTo(then);
        assertThat(String.join(" ", rig.api().eventTypes(id)))
                .isEqualTo("payment.created payment.authorized " + events);
        theAuditFindsNothing();
    }

    @Test
    void aFinalCaptureReleasesTheRest() {
        String id = shop.authorized(1_000);

        Api.Answer captured = shop.operate(id, "captures", "{\"amount\":400,\"final\":true}");

        assertThat(captured.status()).as(captured.body()).isEqualTo(201);
        assertThat(Shop.operation(captured).getBoolean("final")).isTrue();
        assertThat(Shop.payment(captured).getInt("amount_capturable")).isZero();
        JsonObject payment = untilCaptured(id);
        assertThat(payment.getInt("amount_captured")).isEqualTo(400);
        JsonObject release = rig.api().operations(id).getLast();
        assertThat(release.getString("kind")).isEqualTo("void");
        assertThat(release.getString("cause")).isEqualTo("final_capture");
        assertThat(release.getInt("amount")).isEqualTo(600);
        assertThat(rig.bank().effects(rig.api(), id)).containsExactly("hold", "debit", "release");
        assertThat(rig.api().eventTypes(id))
                .containsExactly(
                        "payment.created",
                        "payment.authorized",
                        "payment.partially_captured",
                        "payment.captured");
        theAuditFindsNothing();
    }

    @Test
    void aFinalCaptureOfEverythingHasNothingToRelease() {
        String id = shop.authorized(1_000);

        Api.Answer captured = shop.operate(id, "captures", "{\"final\":true}");

        assertThat(Shop.payment(captured).getString("status")).isEqualTo("captured");
        assertThat(rig.api().operations(id)).hasSize(2);
    }

    @Test
    void aFinalCaptureThatIsDeclinedReleasesNothing() {
        String id = shop.authorized(50_000);

        Api.Answer declined = shop.operate(id, "captures", "{\"amount\":10005,\"final\":true}");

        assertThat(Shop.operation(declined).getString("status")).isEqualTo("declined");
        assertThat(Shop.payment(declined).getInt("amount_capturable")).isEqualTo(50_000);
        assertThat(rig.api().operations(id)).hasSize(2);
    }

    @Test
    void aFinalCaptureInDoubtKeepsTheRestAndReleasesItOnceItIsKnownToHaveHappened() {
        String id = shop.authorized(50_000);

        Api.Answer doubt = shop.operate(id, "captures", "{\"amount\":10068,\"final\":true}");

        assertThat(doubt.status()).as(doubt.body()).isEqualTo(202);
        assertThat(Shop.payment(doubt).getInt("amount_capturable")).isZero();
        untilCaptured(id);
        assertThat(rig.bank().moved(rig.api(), id, "release")).isEqualTo(39_932);
        theAuditFindsNothing();
    }

    @ParameterizedTest(name = "a release that meets {0} is tried again until it is done")
    @CsvSource({"not_processed_503", "drop_before", "drop_after", "error_500_after"})
    void theReleaseAfterAFinalCaptureIsNotGivenUp(String fault) {
        String id = shop.authorized(1_000);
        rig.bank()
                .put(
                        "/control/faults",
                        "[{\"operation\":\"void\",\"probability\":1,\"times_left\":2,\"action\":\""
                                + fault
                                + "\"}]");

        shop.operate(id, "captures", "{\"amount\":400,\"final\":true}");

        untilCaptured(id);
        assertThat(rig.bank().effects(rig.api(), id)).containsExactly("hold", "debit", "release");
        theAuditFindsNothing();
    }

    @Test
    void theReleaseAfterAFinalCaptureWaitsForABankThatIsGone() {
        String id = shop.authorized(1_000);
        rig.bank()
                .put(
                        "/control/faults",
                        "[{\"operation\":\"void\",\"probability\":1,\"times_left\":1,\"action\":\"drop_before\"}]");
        shop.operate(id, "captures", "{\"amount\":400,\"final\":true}");
        rig.stopSandbox();
        try {
            assertThat(shop.operate(id, "captures", "{\"amount\":1}").code())
                    .isIn("bank_unavailable", "amount_reserved");
        } finally {
            rig.restartSandbox();
        }

        untilCaptured(id);
        assertThat(rig.bank().moved(rig.api(), id, "release")).isEqualTo(600);
    }

    private static JsonObject untilCaptured(String id) {
        return Until.is(
                () -> rig.api().get("/v1/payments/" + id).json(),
                now -> now.getString("status").equals("captured"));
    }

    private static Api.Answer adjust(String id, long total) {
        return shop.operate(id, "adjustments", "{\"amount\":" + total + "}");
    }

    private static void theAuditFindsNothing() {
        Shop.assertAuditFindsNothing(rig);
    }
}
