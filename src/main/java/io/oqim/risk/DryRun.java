package io.oqim.risk;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/**
 * What rules would have done with past payments. Reads them a page at a time, and keeps sums and a
 * few examples: its memory does not grow with them.
 */
final class DryRun {
    private static final int EXAMPLES = 20;

    private final PastPayments payments;
    private final int page;

    DryRun(PastPayments payments, int page) {
        this.payments = payments;
        this.page = page;
    }

    /**
     * What came of it.
     *
     * @param looked payments that were judged
     * @param through the last of them, from where another run can go on
     * @param more whether there may be payments after it
     * @param hits how many payments each rule held for
     * @param outcomes by action
     */
    record Report(
            long looked,
            UUID through,
            boolean more,
            Map<String, Long> hits,
            Map<Action, Outcome> outcomes) {}

    /**
     * The payments of one action.
     *
     * @param captured how many of them had been captured
     * @param examples the first few
     */
    record Outcome(long payments, long captured, List<UUID> examples) {
        static final Outcome NONE = new Outcome(0, 0, List.of());

        Outcome with(PastPayments.Past payment) {
            List<UUID> some = examples;
            if (some.size() < EXAMPLES) {
                some = new ArrayList<>(examples);
                some.add(payment.id());
            }
            return new Outcome(
                    payments + 1, captured + (payment.captured() > 0 ? 1 : 0), List.copyOf(some));
        }
    }

    /** Judges some of the payments. Blocks on the database, up to the end of the extent. */
    Report run(long tenant, Rules rules, PastCounts counts, Extent extent) {
        Map<String, Long> hits = new LinkedHashMap<>();
        rules.rules().forEach(rule -> hits.put(rule.name(), 0L));
        Map<Action, Outcome> outcomes = new EnumMap<>(Action.class);
        Set<Dimension> counted = rules.counted();
        UUID through = extent.after();
        long looked = 0;
        while (looked < extent.most() && System.nanoTime() - extent.end() < 0) {
            int wanted = (int) Math.min(page, extent.most() - looked);
            List<PastPayments.Past> some = payments.page(tenant, through, wanted);
            for (PastPayments.Past payment : some) {
                Judgement judged =
                        rules.judge(
                                payment.facts(),
                                counts.count(payment.facts(), payment.created(), counted));
                judged.reasons().forEach(name -> hits.merge(name, 1L, Long::sum));
                Action action = judged.strongest();
                outcomes.put(action, outcomes.getOrDefault(action, Outcome.NONE).with(payment));
                through = payment.id();
                looked++;
            }
            if (some.size() < wanted) {
                return new Report(looked, through, false, hits, outcomes);
            }
        }
        return new Report(looked, through, true, hits, outcomes);
    }

    /**
     * Which payments.
     *
     * @param after not this one, nor those before it
     * @param most how many
     * @param end on the monotonic clock
     */
    record Extent(UUID after, long most, long end) {}
}
