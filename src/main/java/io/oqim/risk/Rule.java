package io.oqim.risk;

import java.util.List;
import java.util.Map;

/**
 * What a tenant wants to be done with some payments.
 *
 * @param when all of them have to hold
 */
record Rule(String name, List<Condition> when, Then then) {
    Rule {
        when = List.copyOf(when);
    }

    /** What is done. */
    sealed interface Then {
        /** This, whatever else holds. */
        record Act(Action action) implements Then {}

        /** It counts for so much, or against that when it is below zero. */
        record Score(int points) implements Then {}
    }

    boolean holds(Facts facts, Map<Dimension, Long> counts) {
        return when.stream().allMatch(condition -> condition.holds(facts, counts));
    }
}
