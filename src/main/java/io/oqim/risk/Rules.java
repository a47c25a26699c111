package io.oqim.risk;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The rules of a tenant, in one version.
 *
 * @param version 0 while there are none
 * @param thresholds from which score on what is done
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

    /**
     * What they make of a payment.
     *
     * @param actions all that shall be done; blocked goes before all else
     * @param score the sum of those that hold
     * @param reasons the names of those that hold, and thresholds that are reached
     */
    record Judgement(Set<Action> actions, int score, List<String> reasons) {
        /** Of all that shall be done, what goes before the rest. */
        Action strongest() {
            return actions.stream().max(Comparator.naturalOrder()).orElse(Action.PASS);
        }

        boolean blocks() {
            return actions.contains(Action.BLOCK);
        }
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
        for (Map.Entry<Action, Integer> threshold : thresholds.entrySet()) {
            if (score >= threshold.getValue()) {
                actions.add(threshold.getKey());
            }
        }
        return new Judgement(actions, score, reasons);
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
