package io.oqim.risk;

import io.oqim.config.AddressRange;
import io.oqim.http.JsonFields;
import io.oqim.http.Problem;
import io.oqim.http.Refusal;
import jakarta.json.stream.JsonGenerator;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/** Rules as the API takes and shows them. */
final class RulesJson {
    private static final int RULES_MOST = 100;
    private static final int CONDITIONS_MOST = 20;
    private static final int WORDS_MOST = 1_000;
    private static final int WORD_MOST = 100;
    private static final int NAME_MOST = 100;
    private static final int POINTS_MOST = 1_000;
    private static final List<Action> ACTIONS =
            List.of(Action.CHALLENGE, Action.REVIEW, Action.BLOCK);

    private RulesJson() {}

    /**
     * The rules of a body, checked.
     *
     * @throws Refusal that names the field
     */
    static Rules read(JsonFields body) {
        List<Rule> rules = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (JsonFields one : body.list("rules", RULES_MOST)) {
            Rule rule = rule(one);
            if (!names.add(rule.name())) {
                throw refused(one.at("name"), "Another rule has this name.");
            }
            rules.add(rule);
        }
        Map<Action, Integer> thresholds = new EnumMap<>(Action.class);
        for (Action action : ACTIONS) {
            String name = action.text() + "_at";
            bounded(body, name, 1, POINTS_MOST).ifPresent(points -> thresholds.put(action, points));
        }
        body.end();
        return new Rules(0, rules, thresholds);
    }

    private static Rule rule(JsonFields one) {
        String name = one.text("name", NAME_MOST);
        List<Condition> when = new ArrayList<>();
        one.objects("when", CONDITIONS_MOST)
                .forEach((field, condition) -> when.add(condition(field, condition)));
        Optional<Action> action =
                one.optionalChoice("then", ACTIONS.stream().map(Action::text).toList())
                        .map(text -> Action.valueOf(text.toUpperCase(Locale.ROOT)));
        Optional<Integer> score = bounded(one, "score", -POINTS_MOST, POINTS_MOST);
        one.end();
        if (action.isPresent() == score.isPresent()) {
            throw refused(one.at("then"), "A rule has either 'then' or 'score'.");
        }
        return new Rule(
                name,
                when,
                action.<Rule.Then>map(Rule.Then.Act::new)
                        .orElseGet(() -> new Rule.Then.Score(score.orElseThrow())));
    }

    private static Condition condition(String field, JsonFields condition) {
        Optional<Condition.Quantity> quantity = quantity(field);
        if (quantity.isPresent()) {
            return compared(quantity.get(), condition);
        }
        Condition.Word word =
                Arrays.stream(Condition.Word.values())
                        .filter(one -> one.name().toLowerCase(Locale.ROOT).equals(field))
                        .findAny()
                        .orElseThrow(
                                () ->
                                        refused(
                                                condition.path(),
                                                "The known fields are: amount, card_count, customer_count, ip_count,"
                                                        + " bin_count, tenant_count, currency, country, bin, customer, ip, email."));
        return said(word, condition);
    }

    private static Optional<Condition.Quantity> quantity(String field) {
        if (field.equals("amount")) {
            return Optional.of(new Condition.Quantity.Amount());
        }
        return Arrays.stream(Dimension.values())
                .filter(dimension -> field.equals(dimension.text() + "_count"))
                .findAny()
                .map(Condition.Quantity.Count::new);
    }

    private static Condition compared(Condition.Quantity quantity, JsonFields condition) {
        Map<Condition.Comparison, Long> limits = new EnumMap<>(Condition.Comparison.class);
        for (Condition.Comparison how : Condition.Comparison.values()) {
            condition
                    .optionalInteger(how.name().toLowerCase(Locale.ROOT))
                    .ifPresent(limit -> limits.put(how, limit));
        }
        condition.end();
        if (limits.isEmpty()) {
            throw refused(condition.path(), "It must have one or more of: gt, gte, lt, lte, eq.");
        }
        return new Condition.Compared(quantity, limits);
    }

    private static Condition said(Condition.Word word, JsonFields condition) {
        Optional<List<String>> in = condition.optionalTexts("in", WORDS_MOST, WORD_MOST);
        Optional<List<String>> notIn = condition.optionalTexts("not_in", WORDS_MOST, WORD_MOST);
        boolean says = condition.has("missing");
        boolean missing = condition.flag("missing", true);
        condition.end();
        int given = (in.isPresent() ? 1 : 0) + (notIn.isPresent() ? 1 : 0) + (says ? 1 : 0);
        if (given != 1) {
            throw refused(condition.path(), "It must have one of: in, not_in, missing.");
        }
        if (says) {
            return new Condition.Missing(word, missing);
        }
        List<String> words = in.orElseGet(notIn::orElseThrow);
        String param = condition.at(in.isPresent() ? "in" : "not_in");
        return switch (word) {
            case IP -> new Condition.From(in.isPresent(), ranges(words, param));
            case EMAIL -> throw refused(param, "Of an email address, only 'missing' can be asked.");
            case CURRENCY -> one(word, in.isPresent(), alike(words, param, "[A-Z]{3}"));
            case COUNTRY -> one(word, in.isPresent(), alike(words, param, "[A-Z]{2}"));
            case BIN -> one(word, in.isPresent(), alike(words, param, "[0-9]{6}"));
            case CUSTOMER -> one(word, in.isPresent(), words);
        };
    }

    private static Condition one(Condition.Word word, boolean among, List<String> words) {
        return new Condition.OneOf(word, among, new LinkedHashSet<>(words));
    }

    /** What could never be said by a payment is a mistake. */
    private static List<String> alike(List<String> words, String param, String form) {
        for (int i = 0; i < words.size(); i++) {
            if (!words.get(i).matches(form)) {
                throw refused(param + "." + i, "It must be of the form " + form + ".");
            }
        }
        return words;
    }

    private static List<AddressRange> ranges(List<String> texts, String param) {
        List<AddressRange> ranges = new ArrayList<>();
        for (int i = 0; i < texts.size(); i++) {
            String at = param + "." + i;
            ranges.add(
                    AddressRange.parse(texts.get(i))
                            .orElseThrow(
                                    () ->
                                            refused(
                                                    at,
                                                    "It must be an IP address or a range such as 192.0.2.0/24.")));
        }
        return ranges;
    }

    private static Optional<Integer> bounded(JsonFields fields, String name, int least, int most) {
        OptionalLong value = fields.optionalInteger(name);
        if (value.isEmpty()) {
            return Optional.empty();
        }
        if (value.getAsLong() < least || value.getAsLong() > most) {
            throw refused(fields.at(name), "It must be from " + least + " to " + most + ".");
        }
        return Optional.of((int) value.getAsLong());
    }

    private static Refusal refused(String param, String detail) {
        return new Refusal(Problem.refused("invalid_value", param, detail));
    }

    /** The fields of the rules, for an object that has been begun. */
    static void write(JsonGenerator out, Rules rules) {
        out.writeStartArray("rules");
        for (Rule rule : rules.rules()) {
            out.writeStartObject();
            out.write("name", rule.name());
            out.writeStartObject("when");
            rule.when().forEach(condition -> write(out, condition));
            out.writeEnd();
            switch (rule.then()) {
                case Rule.Then.Act act -> out.write("then", act.action().text());
                case Rule.Then.Score score -> out.write("score", score.points());
            }
            out.writeEnd();
        }
        out.writeEnd();
        for (Action action : ACTIONS) {
            Integer points = rules.thresholds().get(action);
            if (points == null) {
                out.writeNull(action.text() + "_at");
            } else {
                out.write(action.text() + "_at", points);
            }
        }
    }

    private static void write(JsonGenerator out, Condition condition) {
        switch (condition) {
            case Condition.Compared compared -> {
                String field =
                        switch (compared.quantity()) {
                            case Condition.Quantity.Amount amount -> "amount";
                            case Condition.Quantity.Count count -> count.of().text() + "_count";
                        };
                out.writeStartObject(field);
                compared.limits()
                        .forEach(
                                (how, limit) ->
                                        out.write(how.name().toLowerCase(Locale.ROOT), limit));
                out.writeEnd();
            }
            case Condition.OneOf one -> texts(out, one.word(), one.among(), one.words());
            case Condition.From from ->
                    texts(
                            out,
                            Condition.Word.IP,
                            from.among(),
                            from.ranges().stream().map(AddressRange::text).toList());
            case Condition.Missing missing -> {
                out.writeStartObject(field(missing.word()));
                out.write("missing", missing.missing());
                out.writeEnd();
            }
        }
    }

    private static void texts(
            JsonGenerator out, Condition.Word word, boolean among, Iterable<String> texts) {
        out.writeStartObject(field(word));
        out.writeStartArray(among ? "in" : "not_in");
        texts.forEach(out::write);
        out.writeEnd();
        out.writeEnd();
    }

    private static String field(Condition.Word word) {
        return word.name().toLowerCase(Locale.ROOT);
    }
}
