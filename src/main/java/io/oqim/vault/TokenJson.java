package io.oqim.vault;

import io.oqim.http.Json;
import io.oqim.http.JsonFields;
import io.oqim.http.Problem;
import io.oqim.http.Refusal;
import io.oqim.store.TypeId;
import jakarta.json.stream.JsonGenerator;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.Optional;

/** Tokens as the API shows them, and the request for one. */
final class TokenJson {
    private TokenJson() {}

    /** A card to keep, and whose it is. */
    record Wanted(PlainCard card, Optional<String> customer) {}

    static Wanted read(JsonFields body) {
        JsonFields card = body.object("card");
        PlainCard plain = CardJson.read(card);
        if (card.has("cvc")) {
            throw new Refusal(
                    Problem.refused(
                            "cvc_not_kept",
                            card.at("cvc"),
                            "A CVC is never kept. Send it with each payment."));
        }
        card.end();
        Optional<String> customer = body.optionalText("customer", 100);
        body.end();
        if (plain.expired(YearMonth.now(ZoneOffset.UTC))) {
            throw new Refusal(
                    Problem.refused("card_expired", "card.exp_year", "The card has expired."));
        }
        return new Wanted(plain, customer);
    }

    static byte[] bytes(Token token) {
        return Json.bytes(out -> write(out, token));
    }

    static void write(JsonGenerator out, Token token) {
        out.writeStartObject();
        out.write("id", TypeId.text("tok", token.id()));
        out.write("object", "token");
        out.write("status", token.pending() ? "pending" : "active");
        CardJson.write(out, token.card());
        Json.optional(out, "customer", token.customer());
        Json.optional(out, "payment", token.payment().map(id -> TypeId.text("pay", id)));
        out.write("created", Json.time(token.created()));
        out.writeEnd();
    }
}
