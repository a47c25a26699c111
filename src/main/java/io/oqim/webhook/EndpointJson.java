package io.oqim.webhook;

import io.oqim.http.Json;
import io.oqim.store.TypeId;
import jakarta.json.stream.JsonGenerator;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/** An endpoint as callers see it. */
final class EndpointJson {
    private EndpointJson() {}

    /**
     * @param publicKey of the secret that is newest
     * @param secret the secret itself, the one time that it is shown
     */
    static byte[] bytes(Endpoint endpoint, String publicKey, Optional<String> secret) {
        return Json.bytes(out -> write(out, endpoint, publicKey, secret));
    }

    static void write(
            JsonGenerator out, Endpoint endpoint, String publicKey, Optional<String> secret) {
        out.writeStartObject();
        out.write("id", TypeId.text("whe", endpoint.id()));
        out.write("object", "webhook_endpoint");
        out.write("url", endpoint.url().toString());
        endpoint.description()
                .ifPresentOrElse(
                        text -> out.write("description", text), () -> out.writeNull("description"));
        out.writeStartArray("types");
        endpoint.types().forEach(out::write);
        out.writeEnd();
        out.write("ordered", endpoint.ordered());
        out.write("status", endpoint.disabled().isPresent() ? "disabled" : "enabled");
        if (endpoint.disabled().isPresent()) {
            out.writeStartObject("disabled");
            out.write("reason", endpoint.disabled().get().reason().text());
            out.write("since", time(endpoint.disabled().get().since()));
            out.writeEnd();
        } else {
            out.writeNull("disabled");
        }
        out.write("cursor", endpoint.cursor());
        endpoint.failingSince()
                .ifPresentOrElse(
                        since -> out.write("failing_since", time(since)),
                        () -> out.writeNull("failing_since"));
        endpoint.pausedUntil()
                .filter(until -> until.isAfter(Instant.now()))
                .ifPresentOrElse(
                        until -> out.write("paused_until", time(until)),
                        () -> out.writeNull("paused_until"));
        out.write("public_key", publicKey);
        secret.ifPresent(text -> out.write("secret", text));
        out.write("created", time(endpoint.created()));
        out.write("updated", time(endpoint.updated()));
        out.writeEnd();
    }

    static String time(Instant instant) {
        return instant.truncatedTo(ChronoUnit.MILLIS).toString();
    }
}
