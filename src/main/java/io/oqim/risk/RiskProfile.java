package io.oqim.risk;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What a tenant's payments are judged by: its lists and its rules, as of one version. */
public final class RiskProfile {
    /** Of a tenant that never said anything. */
    public static final RiskProfile EMPTY = new RiskProfile(0, Lists.of(List.of()), Rules.NONE);

    private final long version;
    private final Lists lists;
    private final Rules rules;
    private final Set<Dimension> counted;

    RiskProfile(long version, Lists lists, Rules rules) {
        this.version = version;
        this.lists = lists;
        this.rules = rules;
        this.counted = rules.counted();
    }

    long version() {
        return version;
    }

    /** Entries and words of rules: about what it takes of memory. */
    int size() {
        return lists.size() + rules.size();
    }

    /** What the lists say. Pure, and short. */
    public Listing listing(Facts facts) {
        return lists.size() == 0 ? new Listing.None() : lists.find(facts, Instant.now());
    }

    /** By what payments have to be counted for the rules. */
    public Set<Dimension> counted() {
        return counted;
    }

    /** Whether there is any rule. */
    public boolean hasRules() {
        return !rules.rules().isEmpty();
    }

    /**
     * What the rules say. Pure, and short.
     *
     * @param counts what could not be counted is missing, and fulfils no condition
     */
    public Judgement judge(Facts facts, Map<Dimension, Long> counts) {
        return rules.judge(facts, counts);
    }
}
