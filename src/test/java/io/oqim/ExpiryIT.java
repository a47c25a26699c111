package io.oqim;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.JsonObject;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Authorizations that nobody captures in time. */
class ExpiryIT {
    private static Rig rig;
    private static Shop shop;

    @BeforeAll
    static void start() {
        rig =
                Rig.start(
                        Map.of(
                                "banks.alpha.authorization-validity", "1s",
                                "expiry.poll", "100ms",
                                "expiry.retry", "500ms",
                                "banks.breaker-volume", "1000"));
        shop = new Shop(rig);
    }

    @AfterAll
    static void stop() {
        Shop.assertAuditFindsNothing(rig);
        rig.close();
    }

    @AfterEach
    void theBankIsWellAgain() {
        rig.bank().put("/control/faults", "[]");
    }

    @Test
    void whatNobodyCapturesIsReleasedAndThePaymentExpires() {
        String id = shop.authorized(1_000);
        assertThat(read(id).getString("authorized_until")).isNotEmpty();

        JsonObject payment = until(id, "expired");

        assertThat(payment.isNull("authorized_until")).isTrue();
        assertThat(payment.getInt("amount_capturable")).isZero();
        JsonObject release = rig.api().operations(id).getLast();
        assertThat(release.getString("kind")).isEqualTo("void");
        assertThat(release.getString("cause")).isEqualTo("expiry");
        assertThat(release.getString("status")).isEqualTo("succeeded");
        assertThat(rig.bank().effects(rig.api(), id)).containsExactly("hold", "release");
        assertThat(rig.api().eventTypes(id))
                .containsExactly("payment.created", "payment.authorized", "payment.expired");
        assertThat(shop.operate(id, "captures", "{}").code()).isEqualTo("payment_expired");
    }

    @Test
    void theRestOfWhatWasCapturedInPartIsReleased() {
        String id = shop.authorized(1_000);
        shop.operate(id, "captures", "{\"amount\":300}");

        until(id, "captured");

        assertThat(rig.bank().moved(rig.api(), id, "release")).isEqualTo(700);
        shop.assertBooksAgree(id);
        assertThat(Shop.payment(shop.operate(id, "refunds", "{}")).getInt("amount_refunded"))
                .isEqualTo(300);
    }

    @Test
    void aCaptureInDoubtIsDecidedBeforeTheRestIsReleased() {
        String id = shop.authorized(50_000);
        rig.bank().put("/control/faults", enquiriesFail(8));
        shop.operate(id, "captures", "{\"amount\":10068}");

        until(id, "captured");

        assertThat(rig.bank().effects(rig.api(), id)).containsExactly("hold", "debit", "release");
        assertThat(rig.bank().moved(rig.api(), id, "release")).isEqualTo(39_932);
    }

    @Test
    void aBankThatFailsIsToldAgain() {
        rig.bank().put("/control/faults", voidsFail("not_processed_503", 3));
        String id = shop.authorized(1_000);

        until(id, "expired");

        assertThat(rig.bank().effects(rig.api(), id)).containsExactly("hold", "release");
    }

    @Test
    void twoWorkersReleaseEachAuthorizationOnce() {
        try (Rig.Neighbour second = rig.neighbour(Role.WORKER, Map.of())) {
            List<String> ids = new java.util.ArrayList<>();
            for (int i = 0; i < 40; i++) {
                ids.add(shop.authorized(1_000));
            }
            for (String id : ids) {
                until(id, "expired");
                assertThat(rig.bank().effects(rig.api(), id)).containsExactly("hold", "release");
            }
            assertThat(second.port()).isPositive();
        }
    }

    private static String enquiriesFail(int times) {
        return "[{\"operation\":\"enquiry\",\"probability\":1,\"times_left\":"
                + times
                + ",\"action\":\"drop_before\"}]";
    }

    private static String voidsFail(String action, int times) {
        return "[{\"operation\":\"void\",\"probability\":1,\"times_left\":"
                + times
                + ",\"action\":\""
                + action
                + "\"}]";
    }

    private static JsonObject read(String id) {
        return rig.api().get("/v1/payments/" + id).json();
    }

    private static JsonObject until(String id, String status) {
        return Until.is(() -> read(id), now -> now.getString("status").equals(status));
    }
}
