package io.oqim;

import static org.assertj.core.api.Assertions.assertThat;

import io.oqim.store.Database;
import jakarta.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;

/** What a merchant does with payments, and what the books then say. */
record Shop(Rig rig) {
    String authorized(long amount) {
        Api.Answer answer =
                rig.api()
                        .pay(
                                UUID.randomUUID().toString(),
                                Api.payment(amount, Api.CARD, ",\"capture_method\":\"manual\""));
        assertThat(answer.text("status")).as(answer.body()).isEqualTo("authorized");
        return answer.text("id");
    }

    String captured(long amount) {
        Api.Answer answer = rig.api().pay(amount);
        assertThat(answer.text("status")).as(answer.body()).isEqualTo("captured");
        return answer.text("id");
    }

    Api.Answer operate(String payment, String path, String body) {
        return operate(payment, path, body, UUID.randomUUID().toString());
    }

    Api.Answer operate(String payment, String path, String body, String key) {
        return rig.api()
                .post("/v1/payments/" + payment + "/" + path, body, Map.of("Idempotency-Key", key));
    }

    private static boolean isNotNow(Api.Answer answer) {
        return answer.status() != 202
                && (answer.status() == 503 || answer.header("Retry-After").isPresent());
    }

    /**
     * With the same key until it is more than "not now". What was answered as under way is answered
     * so for ever, and looked at until it is not.
     */
    Api.Answer insist(String payment, String path, String body) {
        String key = UUID.randomUUID().toString();
        Api.Answer last = operate(payment, path, body, key);
        long end = System.nanoTime() + Duration.ofMinutes(3).toNanos();
        // A thousand that come back at once every time leave nothing for those that are served.
        for (long pause = 20; isNotNow(last); pause = Math.min(pause * 2, 1_000)) {
            assertThat(System.nanoTime() - end).as("still " + last).isNegative();
            LockSupport.parkNanos(pause * 1_000_000);
            last = operate(payment, path, body, key);
        }
        if (last.status() == 202) {
            String operation = operation(last).getString("id");
            Until.is(
                    Duration.ofMinutes(1),
                    () -> rig.api().get("/v1/operations/" + operation).text("status"),
                    status -> !status.equals("processing") && !status.equals("in_doubt"));
        }
        return last;
    }

    static JsonObject operation(Api.Answer answer) {
        return answer.json().getJsonObject("operation");
    }

    static JsonObject payment(Api.Answer answer) {
        return answer.json().getJsonObject("payment");
    }

    static void assertAuditFindsNothing(Rig rig) {
        List<String> lines = new ArrayList<>();
        assertThat(new Audit(rig.config(), lines::add).run()).as(lines.toString()).isZero();
    }

    /** Payment, operations, postings and the bank's own journal say the same of the money. */
    void assertBooksAgree(String id) {
        JsonObject payment = rig.api().get("/v1/payments/" + id).json();
        List<JsonObject> operations = rig.api().operations(id);
        assertThat(payment.getInt("amount_captured"))
                .as("captures")
                .isEqualTo(sum(operations, "capture") + sum(operations, "sale"));
        assertThat(payment.getInt("amount_refunded"))
                .as("refunds")
                .isEqualTo(sum(operations, "refund"));
        try (Database database = rig.database()) {
            UUID uuid = io.oqim.store.TypeId.parse("pay", id).orElseThrow();
            assertThat(posted(database, uuid, "capture"))
                    .isEqualTo(payment.getInt("amount_captured"));
            assertThat(posted(database, uuid, "refund"))
                    .isEqualTo(payment.getInt("amount_refunded"));
        }
        assertThat(rig.bank().moved(rig.api(), id, "debit"))
                .isEqualTo(payment.getInt("amount_captured"));
        assertThat(rig.bank().moved(rig.api(), id, "credit"))
                .isEqualTo(payment.getInt("amount_refunded"));
    }

    static int sum(List<JsonObject> operations, String kind) {
        return operations.stream()
                .filter(o -> o.getString("kind").equals(kind))
                .filter(o -> o.getString("status").equals("succeeded"))
                .mapToInt(o -> o.getInt("amount"))
                .sum();
    }

    private static int posted(Database database, UUID payment, String kind) {
        return database.first(
                        "SELECT coalesce(sum(amount), 0) FROM posting WHERE payment = ? AND kind = ?",
                        row -> row.getInt(1),
                        payment,
                        kind)
                .orElseThrow();
    }
}
