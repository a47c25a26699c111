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
     * An event about a payment. Hashes its body: belongs on the crypto pool.
     *
     * @param type such as {@code payment.captured}; plain ASCII
     * @param operation which of the payment's operations it is about
     * @param data the payment's JSON as it then is
     */
    public static Change.Draft draft(String type, UUID payment, UUID operation, byte[] data) {
        UUID id = TypeId.next();
        String front =
                "{\"id\":\""
                        + TypeId.text("evt", id)
                        + "\",\"type\":\""
                        + type
                        + "\",\"payment\":\""
                        + TypeId.text("pay", payment)
                        + "\",\"operation\":\""
                        + TypeId.text("op", operation)
                        + "\",\"data\":";
        ByteArrayOutputStream out = new ByteArrayOutputStream(front.length() + data.length + 1);
        out.writeBytes(front.getBytes(StandardCharsets.US_ASCII));
        out.writeBytes(data);
        out.write('}');
        byte[] body = out.toByteArray();
        return new Change.Draft(id, type, Optional.of(payment), body, Hashes.sha256(body));
    }
}
