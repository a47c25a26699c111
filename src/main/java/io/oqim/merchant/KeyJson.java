package io.oqim.merchant;

import io.oqim.config.AddressRange;
import io.oqim.http.Json;
import io.oqim.http.JsonFields;
import io.oqim.http.Problem;
import io.oqim.http.Refusal;
import io.oqim.store.TypeId;
import jakarta.json.stream.JsonGenerator;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Keys as the admin API shows them, and what may be said of them. */
final class KeyJson {
    private static final int RANGES_MOST = 50;
    private static final int RANGE_LENGTH = 50;

    private KeyJson() {}

    /** The terms in a body; what it does not speak of is as for any key. */
    static KeyTerms terms(JsonFields body) {
        KeyStore.Change said = change(body);
        return new KeyTerms(
                said.scopes().orElse(KeyTerms.ALL.scopes()),
                said.from().orElse(KeyTerms.ALL.from()));
    }

    /** What a body speaks of. */
    static KeyStore.Change change(JsonFields body) {
        Optional<List<String>> scopes =
                body.optionalTexts("scopes", KeyScope.values().length, RANGE_LENGTH);
        Optional<List<String>> ranges =
                body.optionalTexts("allowed_ips", RANGES_MOST, RANGE_LENGTH);
        return new KeyStore.Change(
                scopes.map(words -> scopes(body, words)), ranges.map(texts -> ranges(body, texts)));
    }

    private static Set<KeyScope> scopes(JsonFields body, List<String> words) {
        List<String> known = Arrays.stream(KeyScope.values()).map(KeyScope::text).toList();
        if (words.isEmpty() || !known.containsAll(words)) {
            throw new Refusal(
                    Problem.refused(
                            "invalid_value",
                            body.at("scopes"),
                            "It must have one or more of: " + String.join(", ", known) + "."));
        }
        EnumSet<KeyScope> scopes = EnumSet.noneOf(KeyScope.class);
        words.forEach(word -> scopes.add(KeyScope.parse(word).orElseThrow()));
        return scopes;
    }

    private static List<AddressRange> ranges(JsonFields body, List<String> texts) {
        List<AddressRange> ranges = new ArrayList<>();
        for (int i = 0; i < texts.size(); i++) {
            String param = body.at("allowed_ips." + i);
            ranges.add(
                    AddressRange.parse(texts.get(i))
                            .orElseThrow(
                                    () ->
                                            new Refusal(
                                                    Problem.refused(
                                                            "invalid_value",
                                                            param,
                                                            "It must be an IP address or a range such as 192.0.2.0/24,"
                                                                    + " with no bits beyond its length."))));
        }
        return ranges;
    }

    static byte[] issued(Merchants.Issued issued) {
        return Json.bytes(
                out -> {
                    out.writeStartObject();
                    out.write("id", TypeId.text("key", issued.id()));
                    out.write("object", "api_key");
                    out.write("mode", issued.mode().text());
                    out.write("secret", issued.secret());
                    out.write("hint", issued.hint());
                    terms(out, issued.terms());
                    out.writeEnd();
                });
    }

    static void write(JsonGenerator out, KeyStore.KeyRow key) {
        out.writeStartObject();
        out.write("id", TypeId.text("key", key.id()));
        out.write("object", "api_key");
        out.write("mode", key.mode().text());
        out.write("hint", key.hint());
        terms(out, key.terms());
        out.write("created", Json.time(key.times().created()));
        Json.optional(out, "expires", key.times().expires().map(Json::time));
        Json.optional(out, "revoked", key.times().revoked().map(Json::time));
        Json.optional(out, "last_used", key.times().lastUsed().map(Json::time));
        Json.optional(out, "last_used_from", key.lastUsedFrom());
        out.writeEnd();
    }

    private static void terms(JsonGenerator out, KeyTerms terms) {
        out.writeStartArray("scopes");
        terms.scopes().stream().sorted().map(KeyScope::text).forEach(out::write);
        out.writeEnd();
        out.writeStartArray("allowed_ips");
        terms.from().forEach(range -> out.write(range.text()));
        out.writeEnd();
    }
}
