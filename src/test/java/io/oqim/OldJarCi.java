package io.oqim;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonValue;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/**
 * The version before the newest migration, on the schema of this one: as in a rollout, where both
 * run side by side, and after it was undone. Run by .ci/run, which builds that version.
 */
class OldJarCi {
    private static final Path BEFORE =
            Path.of(Objects.requireNonNull(System.getenv("OQIM_BEFORE"), "OQIM_BEFORE"));

    @Test
    void theVersionBeforeRunsOnTheNewSchemaBesideThisOneAndAlone() throws Exception {
        try (Rig rig = Rig.start();
                GatewayProcess old = GatewayProcess.ofCheckout(BEFORE, rig, "old-jar.log")) {
            List<String> payments = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                payments.add(lives(old.api(), rig.api()));
                payments.add(lives(rig.api(), old.api()));
            }
            assertAnsweredAlike(rig.api(), old.api());

            // What this one leaves in doubt is settled by the old one, as after a rollback.
            String lost = pay(rig.api(), "lost", Api.payment(1_000_068)).text("id");
            rig.stopGateway();
            Until.is(
                    () -> old.api().get("/v1/payments/" + lost).text("status"), "captured"::equals);
            payments.add(lives(old.api(), old.api()));
            rig.startGateway();

            for (String payment : payments) {
                JsonObject before = old.api().get("/v1/payments/" + payment).json();
                assertThat(known(rig.api().get("/v1/payments/" + payment).json(), before))
                        .isEqualTo(before);
            }
            for (int after = 0; after < 100; after += 50) {
                assertThat(page(rig.api(), after)).isEqualTo(page(old.api(), after));
            }
            Shop.assertAuditFindsNothing(rig);
        }
    }

    /** A payment at one, captured by the other, and refunded by the first. */
    private static String lives(Api payer, Api other) {
        Api.Answer authorized =
                pay(
                        payer,
                        UUID.randomUUID().toString(),
                        Api.payment(10_000, Api.CARD, ",\"capture_method\":\"manual\""));
        assertThat(authorized.status()).as(authorized.body()).isEqualTo(201);
        String payment = authorized.text("id");
        operate(other, payment, "captures", 6_000);
        operate(payer, payment, "refunds", 1_000);
        return payment;
    }

    private static Api.Answer pay(Api at, String key, String body) {
        return at.post("/v1/payments", body, Map.of("Idempotency-Key", key));
    }

    private static void operate(Api at, String payment, String path, long amount) {
        Api.Answer answer =
                at.post(
                        "/v1/payments/" + payment + "/" + path,
                        "{\"amount\":" + amount + "}",
                        Map.of("Idempotency-Key", UUID.randomUUID().toString()));
        assertThat(answer.status()).as(answer.body()).isEqualTo(201);
    }

    /** The same request with the same key has the same answer, whichever version it comes to. */
    private static void assertAnsweredAlike(Api one, Api other) {
        Map<String, String> sent = Map.of("of-this", "1000", "of-the-old", "2000");
        for (var request : sent.entrySet()) {
            boolean here = request.getKey().equals("of-this");
            String body = Api.payment(Long.parseLong(request.getValue()));
            Api.Answer first = pay(here ? one : other, request.getKey(), body);
            Api.Answer again = pay(here ? other : one, request.getKey(), body);
            assertThat(first.status()).isEqualTo(201);
            assertThat(again.header("Idempotent-Replayed")).hasValue("true");
            assertThat(again.body()).isEqualTo(first.body());
        }
    }

    /** What the version before knows of it: answers may have more in a new one, never less. */
    private static JsonObject known(JsonObject now, JsonObject before) {
        JsonObjectBuilder known = Json.createObjectBuilder();
        before.forEach(
                (name, value) -> {
                    JsonValue here = now.get(name);
                    if (here instanceof JsonObject object && value instanceof JsonObject inner) {
                        known.add(name, known(object, inner));
                    } else if (here != null) {
                        known.add(name, here);
                    }
                });
        return known.build();
    }

    private static String page(Api api, int after) {
        Api.Answer answer = api.get("/v1/events?limit=100&after=" + after);
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        return answer.body();
    }
}
