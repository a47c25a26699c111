package io.oqim.payment;

import io.oqim.http.Json;
import io.oqim.store.TypeId;
import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import jakarta.json.stream.JsonGenerator;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;

/** Disputes as the API and the events show them, and the column that holds a response. */
final class DisputeJson {
    private DisputeJson() {}

    static byte[] bytes(Dispute dispute) {
        return Json.bytes(out -> write(out, dispute, true));
    }

    /**
     * For events, which are kept and sent on: without the text of the response, which may be of
     * customers.
     */
    static byte[] forEvents(Dispute dispute) {
        return Json.bytes(out -> write(out, dispute, false));
    }

    static void write(JsonGenerator out, Dispute dispute) {
        write(out, dispute, true);
    }

    private static void write(JsonGenerator out, Dispute dispute, boolean withText) {
        out.writeStartObject();
        out.write("id", TypeId.text("dsp", dispute.id()));
        out.write("object", "dispute");
        out.write("status", Dispute.text(dispute.standing()));
        out.write("expired", dispute.expired());
        out.write("amount", dispute.amount().minorUnits());
        out.write("currency", dispute.amount().currencyCode());
        out.write("reason", dispute.reason());
        out.write("respond_by", Json.time(dispute.respondBy()));
        out.write("payment", TypeId.text("pay", dispute.payment()));
        out.write("operation", TypeId.text("op", dispute.operation()));
        out.write("bank", dispute.source().bank());
        out.write("bank_reference", dispute.source().dispute());
        if (dispute.response().isPresent()) {
            response(out, dispute.response().get(), withText);
        } else {
            out.writeNull("response");
        }
        out.write("created", Json.time(dispute.created()));
        out.write("updated", Json.time(dispute.updated()));
        out.write("version", dispute.version());
        out.writeEnd();
    }

    private static void response(JsonGenerator out, Dispute.Response response, boolean withText) {
        out.writeStartObject("response");
        out.write("action", response.accepts() ? "accept" : "contest");
        if (withText) {
            Json.optional(out, "text", response.text());
        }
        out.writeStartArray("files");
        response.files().forEach(file -> out.write(TypeId.text("dfl", file)));
        out.writeEnd();
        out.write("delivery", response.delivery().text());
        Json.optional(out, "code", Optional.of(response.code()).filter(code -> !code.isEmpty()));
        out.write("responded", Json.time(response.responded()));
        out.writeEnd();
    }

    static void write(JsonGenerator out, DisputeFile file) {
        out.writeStartObject();
        out.write("id", TypeId.text("dfl", file.id()));
        out.write("object", "dispute_file");
        out.write("dispute", TypeId.text("dsp", file.dispute()));
        out.write("name", file.name());
        out.write("type", file.type().media());
        out.write("size", file.size());
        out.write("sha256", HexFormat.of().formatHex(file.sha256()));
        out.write("created", Json.time(file.created()));
        out.writeEnd();
    }

    /** For the database. */
    static String column(Dispute.Response response) {
        byte[] json =
                Json.bytes(
                        out -> {
                            out.writeStartObject();
                            out.write("id", response.id().toString());
                            out.write("accepts", response.accepts());
                            response.text().ifPresent(text -> out.write("text", text));
                            out.writeStartArray("files");
                            response.files().forEach(file -> out.write(file.toString()));
                            out.writeEnd();
                            out.write("delivery", response.delivery().text());
                            out.write("code", response.code());
                            out.write("responded", response.responded().toString());
                            out.writeEnd();
                        });
        return new String(json, StandardCharsets.UTF_8);
    }

    static Dispute.Response response(String column) {
        JsonObject object = Json.trusted(column);
        return new Dispute.Response(
                UUID.fromString(object.getString("id")),
                object.getBoolean("accepts"),
                Optional.ofNullable(object.getString("text", null)),
                object.getJsonArray("files").getValuesAs(JsonString.class).stream()
                        .map(file -> UUID.fromString(file.getString()))
                        .toList(),
                Dispute.Delivery.valueOf(object.getString("delivery").toUpperCase(Locale.ROOT)),
                object.getString("code"),
                Instant.parse(object.getString("responded")));
    }
}
