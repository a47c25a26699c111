package io.oqim.webhook;

import io.oqim.store.TypeId;
import jakarta.json.stream.JsonGenerator;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Deliveries, attempts and replays as callers see them. */
final class DeliveryJson {
    private DeliveryJson() {}

    static void write(
            JsonGenerator out,
            DeliveryStore.Listed delivery,
            List<DeliveryStore.Attempt> attempts) {
        out.writeStartObject();
        out.write("object", "webhook_delivery");
        out.write("event", TypeId.text("evt", delivery.event()));
        out.write("seq", delivery.seq());
        out.write("type", delivery.type());
        out.write("status", delivery.status());
        delivery.nextAt()
                .ifPresentOrElse(
                        at -> out.write("next_attempt", EndpointJson.time(at)),
                        () -> out.writeNull("next_attempt"));
        out.writeStartArray("attempts");
        attempts.forEach(attempt -> write(out, attempt));
        out.writeEnd();
        out.writeEnd();
    }

    private static void write(JsonGenerator out, DeliveryStore.Attempt attempt) {
        out.writeStartObject();
        out.write("number", attempt.number());
        out.write("sent", EndpointJson.time(attempt.sent()));
        out.write("latency_ms", attempt.latencyMillis());
        attempt.status()
                .ifPresentOrElse(
                        status -> out.write("status_code", status),
                        () -> out.writeNull("status_code"));
        attempt.error()
                .ifPresentOrElse(error -> out.write("error", error), () -> out.writeNull("error"));
        out.write("response", text(attempt.response()));
        out.writeEnd();
    }

    /** What came of a test. */
    static void attempt(JsonGenerator out, String id, Outcome outcome) {
        out.writeStartObject();
        out.write("object", "webhook_test");
        out.write("event", id);
        out.write("delivered", outcome.delivered());
        out.write("latency_ms", outcome.latency().toMillis());
        if (outcome.status() == 0) {
            out.writeNull("status_code");
            out.write("error", outcome.error());
        } else {
            out.write("status_code", outcome.status());
            out.writeNull("error");
        }
        out.write("response", text(outcome.response()));
        out.writeEnd();
    }

    static void write(JsonGenerator out, Replay replay) {
        out.writeStartObject();
        out.write("id", TypeId.text("whr", replay.id()));
        out.write("object", "webhook_replay");
        out.write("from_seq", replay.from());
        out.write("to_seq", replay.to());
        out.write("status", replay.done() ? "done" : "running");
        out.write("created", EndpointJson.time(replay.created()));
        out.writeEnd();
    }

    /** Whatever a receiver has answered, as text that JSON can hold. */
    private static String text(byte[] response) {
        return new String(response, StandardCharsets.UTF_8);
    }
}
