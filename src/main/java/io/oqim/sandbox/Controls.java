package io.oqim.sandbox;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Everything that can be switched while the sandbox runs. */
final class Controls {
    private final List<String> banks;
    private final Latencies latencies;
    private final FaultRules faults;
    private final Freezes freezes = new Freezes();
    private final Map<String, RiskRule> risks = new ConcurrentHashMap<>();
    private volatile boolean suffixesEnabled = true;
    private volatile SuffixTimes times = SuffixTimes.STANDARD;

    Controls(SandboxOptions options) {
        this.banks = options.banks();
        this.latencies = new Latencies(options);
        this.faults = new FaultRules(options.seed());
    }

    List<String> banks() {
        return banks;
    }

    Latencies latencies() {
        return latencies;
    }

    FaultRules faults() {
        return faults;
    }

    Freezes freezes() {
        return freezes;
    }

    boolean suffixesEnabled() {
        return suffixesEnabled;
    }

    void enableSuffixes(boolean enabled) {
        suffixesEnabled = enabled;
    }

    SuffixTimes times() {
        return times;
    }

    void setTimes(SuffixTimes next) {
        times = next;
    }

    RiskRule risk(String bank) {
        return risks.getOrDefault(bank, RiskRule.ALLOW);
    }

    void setRisk(String bank, RiskRule rule) {
        risks.put(bank, rule);
    }

    /** Back to how the sandbox started; the books stay. */
    void reset() {
        latencies.reset();
        faults.reset();
        banks.forEach(freezes::thaw);
        risks.clear();
        suffixesEnabled = true;
        times = SuffixTimes.STANDARD;
    }
}
