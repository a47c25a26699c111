package io.oqim.store;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.concurrent.TimeUnit;

/** What the journal counts. */
final class JournalMetrics {
    private final DistributionSummary batches;
    private final Timer transactions;
    private final Counter failures;
    private final Counter probes;

    JournalMetrics(MeterRegistry registry) {
        batches =
                DistributionSummary.builder("oqim.journal.batch")
                        .description("changes in one transaction")
                        .serviceLevelObjectives(1, 2, 4, 8, 16, 32, 64, 128, 256)
                        .register(registry);
        transactions =
                Timer.builder("oqim.journal.transaction")
                        .description("time of one transaction, COMMIT included")
                        .publishPercentileHistogram()
                        .register(registry);
        failures =
                Counter.builder("oqim.journal.failures")
                        .description("batches tried again or cut")
                        .register(registry);
        probes =
                Counter.builder("oqim.journal.unanswered")
                        .description("COMMITs without an answer, looked up again")
                        .register(registry);
    }

    void wrote(int changes, long nanos) {
        batches.record(changes);
        transactions.record(nanos, TimeUnit.NANOSECONDS);
    }

    void failed() {
        failures.increment();
    }

    void probed() {
        probes.increment();
    }
}
