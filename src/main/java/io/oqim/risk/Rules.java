package io.oqim.risk;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The rules of a tenant, in one version.
 *
 * @param version 0 while there are none
 * @param thresholds from which score on what is done; of those that are reached, the highest
 */
record Rules(long version, List<Rule> rules, Map<Action, Integer> thresholds) {
    static final Rules NONE = new Rules(0, List.of(), Map.of());

    Rules {
        rules = List.copyOf(rules);
        thresholds = Map.copyOf(thresholds);
    }

    /** The same rules, as this version. */
    Rules of(long number) {
        return new Rules(number, rules, thresholds);
    }

    /** Judges. Pure, and short: no rule waits for anything. */
    Judgement judge(Facts facts, Map<Dimension, Long> counts) {
        EnumSet<Action> actions = EnumSet.noneOf(Action.class);
        List<String> reasons = new ArrayList<>();
        int score = 0;
        for (Rule rule : rules) {
            if (!rule.holds(facts, counts)) {
                continue;
            }
            reasons.add(rule.name());
            switch (rule.then()) {
                case Rule.Then.Act act -> actions.add(act.action());
                case Rule.Then.Score points -> score += points.points();
            }
        }
        int sum = score;
        thresholds.entrySet().stream()
                .filter(threshold -> sum >= threshold.getValue())
                .max(Map.Entry.comparingByValue())
                .ifPresent(threshold -> actions.add(threshold.getKey()));
        return new Judgement(version, actions, score, reasons);
    }

    /** Conditions, and words of those that have lists. */
    int size() {
        return rules.stream().flatMap(rule -> rule.when().stream()).mapToInt(Condition::size).sum();
    }

    /** By what payments have to be counted for them. */
    Set<Dimension> counted() {
        EnumSet<Dimension> counted = EnumSet.noneOf(Dimension.class);
        for (Rule rule : rules) {
            for (Condition condition : rule.when()) {
                if (condition instanceof Condition.Compared compared
                        && compared.quantity() instanceof Condition.Quantity.Count count) {
                    counted.add(count.of());
                }
            }
        }
        return counted;
    }
}
