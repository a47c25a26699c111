package io.oqim.event;

import io.oqim.crypto.Hashes;
import io.oqim.store.Change;
import io.oqim.store.TypeId;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.UUID;

/** Makes events that have no place in the log yet. */
public final class EventBody {
    private EventBody() {}

    /**
     * An event about a payment. Hashes its body, which is short.
     *
     * @param type such as {@code payment.captured}; plain ASCII
     * @param operation which of the payment's operations it is about
     * @param data the payment's JSON as it then is
     */
    public static Change.Draft draft(String type, UUID payment, UUID operation, byte[] data) {
        return draft(type, payment, operation, "", data);
    }

    /**
     * An event about something that belongs to a payment. Hashes its body, which is short.
     *
     * @param more further fields of the subject, each with a comma behind it; plain ASCII
     * @param data the subject's JSON as it then is
     */
    public static Change.Draft draft(
            String type, UUID payment, UUID operation, String more, byte[] data) {
        String subject =
                more
                        + "\"payment\":\""
                        + TypeId.text("pay", payment)
                        + "\",\"operation\":\""
                        + TypeId.text("op", operation)
                        + '"';
        return draft(type, Optional.of(payment), subject, data);
    }

    /**
     * An event about something else than a payment. Hashes its body, which is short.
     *
     * @param type such as {@code webhook_endpoint.disabled}; plain ASCII
     * @param kind the name of the field that holds the subject's id
     * @param id the subject's id as callers see it; plain ASCII
     * @param data the subject's JSON as it then is
     */
    public static Change.Draft draft(String type, String kind, String id, byte[] data) {
        return draft(type, Optional.empty(), "\"" + kind + "\":\"" + id + '"', data);
    }

    private static Change.Draft draft(
            String type, Optional<UUID> payment, String subject, byte[] data) {
        UUID id = TypeId.next();
        String front =
                "{\"id\":\""
                        + TypeId.text("evt", id)
                        + "\",\"type\":\""
                        + type
                        + "\","
                        + subject
                        + ",\"data\":";
        ByteArrayOutputStream out = new ByteArrayOutputStream(front.length() + data.length + 1);
        out.writeBytes(front.getBytes(StandardCharsets.US_ASCII));
        out.writeBytes(data);
        out.write('}');
        byte[] body = out.toByteArray();
        return new Change.Draft(id, type, payment, body, Hashes.sha256(body));
    }
}
