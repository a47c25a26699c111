package io.oqim.sandbox;

import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** The faults that are injected now: the first rule that concerns a call and strikes, wins. */
final class FaultRules {
    static final int MAX_RULES = 100;

    private final long seed;
    private volatile Armed armed;

    /** Rules with the randomness that decides about them. */
    private record Armed(List<ArmedRule> rules, Random random) {}

    private record ArmedRule(FaultRule rule, @Nullable AtomicInteger left) {
        boolean take() {
            return left == null || left.getAndUpdate(n -> n > 0 ? n - 1 : 0) > 0;
        }

        FaultRule now() {
            Integer timesLeft = left == null ? null : left.get();
            return new FaultRule(
                    rule.bank(), rule.operation(), rule.probability(), timesLeft, rule.action());
        }
    }

    FaultRules(long seed) {
        this.seed = seed;
        this.armed = new Armed(List.of(), new Random(seed));
    }

    void reset() {
        set(List.of(), seed);
    }

    /** Replaces all rules. */
    void set(List<FaultRule> rules, long newSeed) {
        List<ArmedRule> next = rules.stream().map(FaultRules::arm).toList();
        armed = new Armed(next, new Random(newSeed));
    }

    long seed() {
        return seed;
    }

    List<FaultRule> rules() {
        return armed.rules().stream().map(ArmedRule::now).toList();
    }

    Optional<FaultRule> draw(String bank, Call call) {
        Armed now = armed;
        for (ArmedRule candidate : now.rules()) {
            FaultRule rule = candidate.rule();
            if (rule.concerns(bank, call)
                    && now.random().nextDouble() < rule.probability()
                    && candidate.take()) {
                return Optional.of(rule);
            }
        }
        return Optional.empty();
    }

    private static ArmedRule arm(FaultRule rule) {
        Integer timesLeft = rule.timesLeft();
        return new ArmedRule(rule, timesLeft == null ? null : new AtomicInteger(timesLeft));
    }
}
