package io.oqim.bank.generic;

import io.oqim.bank.BankIds;
import io.oqim.bank.BankOperation;
import io.oqim.bank.BankReply;
import io.oqim.bank.Enquiry;
import io.oqim.bank.HttpAnswer;
import io.oqim.bank.RiskAnswer;
import io.oqim.bank.Tombstone;
import io.oqim.http.CardNumbers;
import io.oqim.money.Money;
import jakarta.json.JsonNumber;
import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import jakarta.json.spi.JsonProvider;
import jakarta.json.stream.JsonParser;
import jakarta.json.stream.JsonParserFactory;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.util.Currency;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What the protocol's answers mean (docs/bank-protocol.yaml). Anything that does not say clearly
 * what happened is unknown.
 */
final class Replies {
    private static final JsonParserFactory PARSERS =
            JsonProvider.provider()
                    .createParserFactory(Map.of("org.eclipse.parsson.rejectDuplicateKeys", true));

    /**
     * Codes by which the bank says that it refused a request without effect. Any other code may be
     * somebody else's, such as a proxy's, and proves nothing.
     */
    private static final Set<String> REFUSALS =
            Set.of(
                    "invalid_json",
                    "missing_field",
                    "invalid_type",
                    "unauthorized",
                    "payment_not_found",
                    "invalid_value",
                    "currency_mismatch",
                    "not_adjustable",
                    "not_reversible",
                    "already_captured");

    private Replies() {}

    /** What was asked for: a result of anything else says nothing about it. */
    record Asked(BankOperation operation, String reference) {}

    /** The protocol's word for an operation. */
    static String word(BankOperation operation) {
        return operation.name().toLowerCase(Locale.ROOT);
    }

    static BankReply money(HttpAnswer answer, Asked asked) {
        return switch (answer) {
            case HttpAnswer.NotSent notSent ->
                    new BankReply.NotSent(notSent.reason(), notSent.tooLate());
            case HttpAnswer.Lost lost -> new BankReply.Unknown(lost.reason());
            case HttpAnswer.Answered answered -> money(answered, asked);
        };
    }

    private static BankReply money(HttpAnswer.Answered answered, Asked asked) {
        Optional<JsonObject> body = object(answered.body());
        String code = body.map(b -> text(b, "code").orElse("")).orElse("");
        return switch (answered.status()) {
            case 200, 201, 202 ->
                    body.map(
                                    result ->
                                            is(result, "operation", word(asked.operation()))
                                                            && is(
                                                                    result,
                                                                    "reference",
                                                                    asked.reference())
                                                    ? result(result)
                                                    : new BankReply.Unknown(
                                                            "a result of another request"))
                            .orElseGet(() -> unreadable(answered));
            case 409 ->
                    switch (code) {
                        case "duplicate_reference" -> new BankReply.Duplicate();
                        case "reference_voided" -> new BankReply.Reversed(false, BankIds.none());
                        case "amount_exceeded", "nothing_to_void" ->
                                new BankReply.Rejected(code, message(body));
                        default -> unreadable(answered);
                    };
            case 400, 401, 404, 422 ->
                    REFUSALS.contains(code)
                            ? new BankReply.Rejected(code, message(body))
                            : unreadable(answered);
            case 429, 503 ->
                    code.equals("not_processed")
                            ? new BankReply.NotProcessed("the bank did not process it")
                            : unreadable(answered);
            default -> unreadable(answered);
        };
    }

    static Enquiry enquiry(HttpAnswer answer, Asked asked) {
        return switch (answer) {
            case HttpAnswer.NotSent notSent -> new Enquiry.NoAnswer(notSent.reason());
            case HttpAnswer.Lost lost -> new Enquiry.NoAnswer(lost.reason());
            case HttpAnswer.Answered answered -> {
                Optional<JsonObject> body = object(answered.body());
                if (answered.status() == 404
                        && body.flatMap(b -> text(b, "code"))
                                .filter("not_found"::equals)
                                .isPresent()) {
                    yield new Enquiry.NotFound();
                }
                yield answered.status() == 200
                                && body.filter(result -> standsFor(result, asked)).isPresent()
                        ? found(result(body.get()))
                        : new Enquiry.Silent("status " + answered.status());
            }
        };
    }

    private static Enquiry found(BankReply reply) {
        return reply instanceof BankReply.Unknown unknown
                ? new Enquiry.Silent(unknown.reason())
                : new Enquiry.Found(reply);
    }

    static Tombstone tombstone(HttpAnswer answer, String reference) {
        if (answer instanceof HttpAnswer.Answered answered && answered.status() == 200) {
            Optional<JsonObject> body = object(answered.body());
            if (body.filter(b -> is(b, "status", "voided"))
                            .filter(b -> is(b, "operation", "void"))
                            .filter(b -> is(b, "reference", reference))
                            .isPresent()
                    && saysWhether(body.get())) {
                JsonObject b = body.get();
                return new Tombstone.Laid(b.getBoolean("had_effect", false), ids(b));
            }
        }
        return switch (answer) {
            case HttpAnswer.Answered answered ->
                    object(answered.body())
                            .flatMap(b -> text(b, "code"))
                            .filter(code -> answered.status() == 422 && REFUSALS.contains(code))
                            .<Tombstone>map(Tombstone.Refused::new)
                            .orElseGet(() -> new Tombstone.Silent("status " + answered.status()));
            case HttpAnswer.NotSent notSent -> new Tombstone.Silent(notSent.reason());
            case HttpAnswer.Lost lost -> new Tombstone.Silent(lost.reason());
        };
    }

    static RiskAnswer risk(HttpAnswer answer) {
        if (answer instanceof HttpAnswer.Answered answered && answered.status() == 200) {
            Optional<JsonObject> body = object(answered.body());
            Optional<String> decision = body.flatMap(b -> text(b, "decision"));
            if (decision.filter("allow"::equals).isPresent()) {
                return new RiskAnswer.Allow();
            }
            if (decision.filter("refuse"::equals).isPresent()) {
                return new RiskAnswer.Refuse(
                        body.flatMap(b -> text(b, "code")).orElse("bank_risk_check"));
            }
        }
        return new RiskAnswer.Silent(answer.getClass().getSimpleName());
    }

    /** An operation result. Whether the amount is the one asked for, its receiver compares. */
    private static BankReply result(JsonObject body) {
        BankIds ids = ids(body);
        return switch (text(body, "status").orElse("")) {
            case "approved" ->
                    // Without the bank's name for it, nothing more could ever be asked of it.
                    effected(body)
                            .filter(effected -> ids.bankReference().isPresent())
                            .<BankReply>map(effected -> new BankReply.Approved(effected, ids))
                            .orElseGet(
                                    () ->
                                            new BankReply.Unknown(
                                                    "an approval without its amount or name"));
            case "declined" -> declined(body, ids);
            case "pending" -> new BankReply.Pending(ids, Optional.empty());
            case "action_required" ->
                    new BankReply.Pending(
                            ids,
                            body.get("action") instanceof JsonObject action
                                    ? text(action, "url")
                                    : Optional.empty());
            case "voided" ->
                    saysWhether(body)
                            ? new BankReply.Reversed(body.getBoolean("had_effect"), ids)
                            : new BankReply.Unknown(
                                    "voided, without a word whether there was anything");
            default -> new BankReply.Unknown("a status never seen before");
        };
    }

    private static BankReply declined(JsonObject body, BankIds ids) {
        if (!(body.get("decline") instanceof JsonObject decline)) {
            return new BankReply.Declined(false, "generic_decline", "", ids);
        }
        return new BankReply.Declined(
                text(decline, "kind").filter("hard"::equals).isPresent(),
                text(decline, "code").orElse("generic_decline"),
                text(decline, "message").map(CardNumbers::masked).orElse(""),
                ids);
    }

    static Optional<Money> effected(JsonObject body) {
        if (!(body.get("amount") instanceof JsonNumber number)
                || !number.toString().matches("\\d{1,12}")) {
            return Optional.empty();
        }
        Optional<Currency> currency = text(body, "currency").flatMap(Money::currency);
        return currency.map(c -> new Money(number.longValueExact(), c));
    }

    private static BankIds ids(JsonObject body) {
        return new BankIds(
                text(body, "bank_reference"), text(body, "auth_code"), text(body, "rrn"));
    }

    private static BankReply unreadable(HttpAnswer.Answered answered) {
        return new BankReply.Unknown(
                "status " + answered.status() + " without a word of what happened");
    }

    private static String message(Optional<JsonObject> body) {
        return body.flatMap(b -> text(b, "message")).map(CardNumbers::masked).orElse("");
    }

    /** Whether there was anything to undo is part of the answer. */
    private static boolean saysWhether(JsonObject body) {
        JsonValue effect = body.get("had_effect");
        return JsonValue.TRUE.equals(effect) || JsonValue.FALSE.equals(effect);
    }

    /** As what was asked, or as the void of a reference that was never used. */
    private static boolean standsFor(JsonObject result, Asked asked) {
        return is(result, "reference", asked.reference())
                && (is(result, "operation", word(asked.operation()))
                        || (is(result, "operation", "void") && is(result, "status", "voided")));
    }

    private static boolean is(JsonObject object, String name, String wanted) {
        return text(object, name).filter(wanted::equals).isPresent();
    }

    /** Text as the bank gave it, cut to what we keep, without what PostgreSQL cannot store. */
    static Optional<String> text(JsonObject object, String name) {
        if (!(object.get(name) instanceof JsonString string) || string.getString().isEmpty()) {
            return Optional.empty();
        }
        String text = string.getString();
        String cut = text.length() > 500 ? text.substring(0, 500) : text;
        // Encoding replaces lone surrogates.
        return Optional.of(
                new String(cut.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8)
                        .replace("\0", ""));
    }

    /**
     * The body's object, if it is one object and nothing else, with each name once and whole
     * numbers written as such: what can be read in two ways is not the bank's word.
     */
    static Optional<JsonObject> object(byte[] body) {
        String text = new String(body, StandardCharsets.UTF_8);
        try {
            if (!plainNumbers(text)) {
                return Optional.empty();
            }
            try (JsonParser parser = PARSERS.createParser(new StringReader(text))) {
                parser.next();
                JsonValue value = parser.getValue();
                return !parser.hasNext() && value instanceof JsonObject object
                        ? Optional.of(object)
                        : Optional.empty();
            }
        } catch (RuntimeException e) {
            // The parser has many ways to say that it cannot read something; none of them may end a
            // payment.
            return Optional.empty();
        }
    }

    private static boolean plainNumbers(String text) {
        try (JsonParser parser = PARSERS.createParser(new StringReader(text))) {
            while (parser.hasNext()) {
                if (parser.next() == JsonParser.Event.VALUE_NUMBER
                        && !parser.getString().matches("-?\\d{1,18}")) {
                    return false;
                }
            }
            return true;
        }
    }
}
