package io.oqim.risk;

import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What rules make of a payment.
 *
 * @param version of the rules
 * @param actions all that shall be done; blocked goes before all else
 * @param score the sum of those that hold
 * @param reasons the names of those that hold
 */
public record Judgement(long version, Set<Action> actions, int score, List<String> reasons) {
    public Judgement {
        actions = Set.copyOf(actions);
        reasons = List.copyOf(reasons);
    }

    /** Of all that shall be done, what goes before the rest. */
    Action strongest() {
        return actions.stream().max(Comparator.naturalOrder()).orElse(Action.PASS);
    }

    /** Whether this shall be done, besides whatever else. */
    public boolean asks(Action action) {
        return actions.contains(action);
    }

    /** For the trace. */
    public String note() {
        String done =
                actions.isEmpty()
                        ? Action.PASS.text()
                        : actions.stream()
                                .sorted(Comparator.reverseOrder())
                                .map(Action::text)
                                .collect(Collectors.joining(" and "));
        return "version "
                + version
                + ", score "
                + score
                + ": "
                + done
                + (reasons.isEmpty() ? "" : " because of " + String.join(", ", reasons));
    }
}
