package io.oqim.sandbox;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;

/** The latency of every kind of traffic at every bank. */
final class Latencies {
    private static final Duration ENQUIRY = Duration.ofMillis(10);
    private static final Duration DISPUTE = Duration.ofMillis(10);

    private final SandboxOptions options;
    private final Map<Line, Sampler> samplers = new ConcurrentHashMap<>();

    /** One kind of traffic at one bank. */
    record Line(String bank, Call.Traffic traffic) {}

    /** A distribution with a source of randomness that only it uses. */
    private record Sampler(Latency latency, Random random) {}

    Latencies(SandboxOptions options) {
        this.options = options;
        reset();
    }

    void reset() {
        for (String bank : options.banks()) {
            for (Call.Traffic traffic : Call.Traffic.values()) {
                set(new Line(bank, traffic), Latency.constant(standard(traffic)), options.seed());
            }
        }
    }

    void set(Line line, Latency latency, long seed) {
        samplers.put(line, new Sampler(latency, new Random(seed)));
    }

    Latency of(Line line) {
        return sampler(line).latency();
    }

    Duration sample(Line line) {
        Sampler sampler = sampler(line);
        return sampler.latency().sample(sampler.random());
    }

    List<Line> lines() {
        return options.banks().stream()
                .flatMap(
                        bank -> List.of(Call.Traffic.values()).stream().map(t -> new Line(bank, t)))
                .toList();
    }

    private Sampler sampler(Line line) {
        return Objects.requireNonNull(samplers.get(line), "no such bank");
    }

    private Duration standard(Call.Traffic traffic) {
        return switch (traffic) {
            case RISK -> options.riskLatency();
            case MONEY -> options.moneyLatency();
            case ENQUIRY -> ENQUIRY;
            case DISPUTE -> DISPUTE;
        };
    }
}
