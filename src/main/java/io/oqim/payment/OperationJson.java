package io.oqim.payment;

import io.oqim.http.Json;
import io.oqim.store.TypeId;
import jakarta.json.stream.JsonGenerator;
import java.util.List;
import java.util.Optional;

/** Operations and their attempts as the API shows them. */
final class OperationJson {
    private OperationJson() {}

    static void write(JsonGenerator out, Operation operation, List<Attempt> attempts) {
        out.writeStartObject();
        out.write("id", TypeId.text("op", operation.id()));
        out.write("object", "operation");
        out.write("payment", TypeId.text("pay", operation.payment()));
        out.write("kind", operation.kind().text());
        out.write("status", operation.status().text());
        out.write("amount", operation.amount().minorUnits());
        out.write("currency", operation.amount().currencyCode());
        out.write("cause", operation.terms().cause().text());
        if (operation.kind() == OperationKind.CAPTURE) {
            out.write("final", operation.terms().last());
        }
        if (operation.kind() == OperationKind.ADJUST) {
            out.write("amount_before", operation.terms().before());
        }
        out.writeStartArray("attempts");
        attempts.forEach(attempt -> write(out, attempt));
        out.writeEnd();
        out.write("created", Json.time(operation.created()));
        out.write("updated", Json.time(operation.updated()));
        out.writeEnd();
    }

    private static void write(JsonGenerator out, Attempt attempt) {
        out.writeStartObject();
        out.write("number", attempt.number());
        out.write("bank", attempt.bank());
        out.write("reference", attempt.reference());
        out.write("state", attempt.state().text());
        Json.optional(out, "bank_reference", attempt.ids().bankReference());
        Json.optional(out, "auth_code", attempt.ids().authCode());
        Json.optional(out, "rrn", attempt.ids().rrn());
        Json.optional(
                out, "bank_code", Optional.of(attempt.bankCode()).filter(code -> !code.isEmpty()));
        out.write("checks", attempt.checks());
        out.writeEnd();
    }
}
