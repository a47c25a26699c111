package io.oqim.sandbox;

import jakarta.json.JsonArray;
import jakarta.json.JsonValue;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads the bodies of the control API and applies them; a bad one changes nothing. */
final class ControlReader {
    private static final int MAX_TEXT = 64;
    private static final String ALL = "all";

    private final Controls controls;

    ControlReader(Controls controls) {
        this.controls = controls;
    }

    void latency(Fields fields) {
        List<String> banks = banks(fields);
        List<Call.Traffic> traffic = traffic(fields);
        Latency.Distribution distribution = distribution(fields);
        double most = Latency.MAX.toMillis();
        double median = number(fields, "median_ms", most);
        double sigma = fields.optionalNumber("sigma", 0, 10).orElse(0.0);
        double probability = fields.optionalNumber("tail_probability", 0, 1).orElse(0.0);
        Optional<Double> tail = fields.optionalNumber("tail_ms", 0, most);
        if (probability > 0 && tail.isEmpty()) {
            throw fields.missing("tail_ms");
        }
        Optional<Long> seed = fields.optionalWhole("seed", Long.MIN_VALUE, Long.MAX_VALUE);
        fields.refuseOthers();
        Latency latency =
                new Latency(
                        distribution,
                        median,
                        sigma,
                        new Latency.Tail(probability, tail.orElse(0.0)));
        for (String bank : banks) {
            for (Call.Traffic one : traffic) {
                controls.latencies()
                        .set(
                                new Latencies.Line(bank, one),
                                latency,
                                seed.orElse(controls.faults().seed()));
            }
        }
    }

    /** A list of rules, or an object with such a list and a seed. */
    void faults(JsonValue body) {
        long seed = controls.faults().seed();
        List<JsonValue> list;
        if (body instanceof JsonArray array) {
            list = array;
        } else {
            Fields fields = Fields.of(body, "");
            list = fields.list("rules");
            seed = fields.optionalWhole("seed", Long.MIN_VALUE, Long.MAX_VALUE).orElse(seed);
            fields.refuseOthers();
        }
        if (list.size() > FaultRules.MAX_RULES) {
            throw Refusal.badValue("rules", "at most " + FaultRules.MAX_RULES + " rules");
        }
        List<FaultRule> rules = new ArrayList<>();
        for (int i = 0; i < list.size(); i++) {
            rules.add(rule(Fields.of(list.get(i), "rules[" + i + "].")));
        }
        controls.faults().set(rules, seed);
    }

    void suffixes(Fields fields) {
        boolean enabled = fields.flag("enabled");
        fields.refuseOthers();
        controls.enableSuffixes(enabled);
    }

    void suffixTimes(Fields fields) {
        SuffixTimes now = controls.times();
        SuffixTimes next =
                new SuffixTimes(
                        time(fields, "pending_ms", now.pending()),
                        time(fields, "late_reply_ms", now.lateReply()),
                        time(fields, "enquiry_lag_ms", now.enquiryLag()),
                        time(fields, "challenge_ms", now.challenge()),
                        time(fields, "longest_delay_ms", now.longestDelay()),
                        time(fields, "dispute_ms", now.dispute()));
        fields.refuseOthers();
        if (!next.keepsPromise()) {
            throw Refusal.badValue("enquiry_lag_ms", "at most longest_delay_ms");
        }
        controls.setTimes(next);
    }

    void risk(Fields fields) {
        List<String> banks = banks(fields);
        boolean refuse =
                switch (fields.text("decision", MAX_TEXT)) {
                    case "allow" -> false;
                    case "refuse" -> true;
                    default -> throw Refusal.badValue("decision", "allow or refuse");
                };
        String code = fields.optionalText("code", MAX_TEXT).orElse("risk_refused");
        @Nullable String first6 = fields.optionalText("card_first6", MAX_TEXT).orElse(null);
        if (first6 != null && !first6.matches("[0-9]{6}")) {
            throw Refusal.badValue("card_first6", "six digits");
        }
        fields.refuseOthers();
        RiskRule rule = refuse ? new RiskRule(code, first6) : RiskRule.ALLOW;
        banks.forEach(bank -> controls.setRisk(bank, rule));
    }

    void freeze(Fields fields) {
        List<String> banks = banks(fields);
        fields.refuseOthers();
        banks.forEach(controls.freezes()::freeze);
    }

    void thaw(Fields fields) {
        List<String> banks = banks(fields);
        fields.refuseOthers();
        banks.forEach(controls.freezes()::thaw);
    }

    private FaultRule rule(Fields fields) {
        @Nullable String bank = bank(fields);
        String operation = fields.optionalText("operation", MAX_TEXT).orElse(ALL);
        if (!Call.isName(operation)) {
            throw fields.badValue(
                    "operation", "all, risk, money, enquiry, dispute or the name of a call");
        }
        double probability = number(fields, "probability", 1);
        Optional<Long> timesLeft = fields.optionalWhole("times_left", 0, Integer.MAX_VALUE);
        String action = fields.text("action", MAX_TEXT);
        if (FaultRule.fault(action).isEmpty()) {
            throw fields.badValue(
                    "action",
                    "drop_before, drop_after, error_500_after, not_processed_503, delay_ms:N, short_by:N,"
                            + " malformed or hang");
        }
        fields.refuseOthers();
        return new FaultRule(
                bank, operation, probability, timesLeft.map(Math::toIntExact).orElse(null), action);
    }

    private List<String> banks(Fields fields) {
        String bank = bank(fields);
        return bank == null ? controls.banks() : List.of(bank);
    }

    private @Nullable String bank(Fields fields) {
        String bank = fields.optionalText("bank", MAX_TEXT).orElse(null);
        if (bank != null && !controls.banks().contains(bank)) {
            throw fields.badValue("bank", "one of " + String.join(", ", controls.banks()));
        }
        return bank;
    }

    private static List<Call.Traffic> traffic(Fields fields) {
        String operation = fields.optionalText("operation", MAX_TEXT).orElse(ALL);
        if (operation.equals(ALL)) {
            return List.of(Call.Traffic.values());
        }
        for (Call.Traffic traffic : Call.Traffic.values()) {
            if (traffic.wire().equals(operation)) {
                return List.of(traffic);
            }
        }
        throw fields.badValue("operation", "risk, money, enquiry, dispute or all");
    }

    private static Latency.Distribution distribution(Fields fields) {
        String text = fields.text("distribution", MAX_TEXT);
        for (Latency.Distribution distribution : Latency.Distribution.values()) {
            if (distribution.wire().equals(text)) {
                return distribution;
            }
        }
        throw fields.badValue("distribution", "constant or log_normal");
    }

    private static double number(Fields fields, String name, double most) {
        return fields.optionalNumber(name, 0, most).orElseThrow(() -> fields.missing(name));
    }

    private static Duration time(Fields fields, String name, Duration standard) {
        long most = Duration.ofDays(1).toMillis();
        return fields.optionalWhole(name, 0, most).map(Duration::ofMillis).orElse(standard);
    }
}
