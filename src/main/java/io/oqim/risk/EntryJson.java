package io.oqim.risk;

import io.oqim.config.AddressRange;
import io.oqim.crypto.Hashes;
import io.oqim.http.Json;
import io.oqim.http.JsonFields;
import io.oqim.http.Problem;
import io.oqim.http.Refusal;
import io.oqim.store.TypeId;
import jakarta.json.stream.JsonGenerator;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Entries of lists as the API takes and shows them. */
final class EntryJson {
    private static final int VALUE_MOST = 254;
    private static final int REASON_MOST = 200;
    private static final List<String> KINDS =
            Arrays.stream(Entry.Kind.values()).map(Entry.Kind::text).toList();

    private final Hashes hashes;
    private final Instruments instruments;

    EntryJson(Hashes hashes, Instruments instruments) {
        this.hashes = hashes;
        this.instruments = instruments;
    }

    /** What is compared, and what may be shown of it. */
    private record Compared(String value, String shown) {}

    /**
     * The entry of a request. Blocks on the database for a card, which is that of a payment.
     *
     * @throws Refusal that names the field
     */
    Entry read(long tenant, Entry.Side side, JsonFields body) {
        Entry.Kind kind =
                body.optionalChoice("kind", KINDS)
                        .map(Entry.Kind::parse)
                        .orElseThrow(
                                () ->
                                        new Refusal(
                                                Problem.malformed(
                                                        "missing_field",
                                                        body.at("kind"),
                                                        "This field is required.")));
        Compared compared =
                kind == Entry.Kind.CARD
                        ? card(tenant, body)
                        : compared(kind, body.text("value", VALUE_MOST), body.at("value"));
        Optional<String> reason = body.optionalText("reason", REASON_MOST);
        Optional<Instant> expires =
                body.optionalText("expires", 40).map(text -> time(text, body.at("expires")));
        body.end();
        UUID id = TypeId.next();
        return new Entry(
                id,
                side,
                kind,
                compared.value(),
                compared.shown(),
                reason,
                TypeId.time(id),
                expires);
    }

    /** A number is not taken: a card is told by a payment with it. */
    private Compared card(long tenant, JsonFields body) {
        String param = body.at("payment");
        return TypeId.parse("pay", body.text("payment", 100))
                .flatMap(payment -> instruments.of(tenant, payment))
                .map(known -> new Compared(hex(known.hash()), known.shown()))
                .orElseThrow(
                        () ->
                                new Refusal(
                                        Problem.refused(
                                                "unknown_payment",
                                                param,
                                                "There is no such payment.")));
    }

    private Compared compared(Entry.Kind kind, String text, String param) {
        @Nullable Compared compared =
                switch (kind) {
                    case BIN -> text.matches("[0-9]{6}") ? new Compared(text, text) : null;
                    case COUNTRY -> text.matches("[A-Z]{2}") ? new Compared(text, text) : null;
                    case IP ->
                            AddressRange.parse(text)
                                    .map(r -> new Compared(text, text))
                                    .orElse(null);
                    case EMAIL ->
                            text.matches("[^@\\s]{1,64}@[^@\\s]{1,189}")
                                    ? new Compared(hex(hashes.email(text)), masked(text))
                                    : null;
                    case CARD -> null;
                };
        if (compared == null) {
            throw new Refusal(
                    Problem.refused(
                            "invalid_value",
                            param,
                            "It must be six digits of a BIN, a country of two capitals, an email address, or an IP address"
                                    + " or range, as 'kind' says."));
        }
        return compared;
    }

    private static Instant time(String text, String param) {
        try {
            Instant time = Instant.parse(text);
            if (time.isAfter(Instant.now())) {
                return time;
            }
        } catch (DateTimeParseException e) {
            // Refused below, like what is over.
        }
        throw new Refusal(
                Problem.refused(
                        "invalid_value", param, "It must be a time to come, by RFC 3339 in UTC."));
    }

    /** Enough to recognize it by. */
    private static String masked(String email) {
        return email.charAt(0) + "***" + email.substring(email.indexOf('@'));
    }

    private static String hex(byte[] hash) {
        return HexFormat.of().formatHex(hash);
    }

    static void write(JsonGenerator out, Entry entry) {
        out.writeStartObject();
        out.write("id", TypeId.text("rle", entry.id()));
        out.write("object", entry.side().text() + "list_entry");
        out.write("kind", entry.kind().text());
        out.write("value", entry.shown());
        Json.optional(out, "reason", entry.reason());
        out.write("created", Json.time(entry.created()));
        Json.optional(out, "expires", entry.expires().map(Json::time));
        out.writeEnd();
    }
}
