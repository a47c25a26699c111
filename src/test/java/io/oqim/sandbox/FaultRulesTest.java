package io.oqim.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class FaultRulesTest {
    private final FaultRules faults = new FaultRules(3);

    @Test
    void noRuleStrikesNothing() {
        assertThat(faults.draw("alpha", Call.SALE)).isEmpty();
    }

    @Test
    void ruleStrikesItsBankAndItsCallsOnly() {
        faults.set(List.of(new FaultRule("alpha", "money", 1, null, "hang")), 3);

        assertThat(faults.draw("alpha", Call.SALE)).isPresent();
        assertThat(faults.draw("alpha", Call.VOID_BY_REFERENCE)).isPresent();
        assertThat(faults.draw("alpha", Call.ENQUIRY)).isEmpty();
        assertThat(faults.draw("beta", Call.SALE)).isEmpty();
    }

    @Test
    void nextRuleStrikesWhenTheFirstIsUsedUp() {
        faults.set(
                List.of(
                        new FaultRule(null, "sale", 1, 2, "hang"),
                        new FaultRule(null, "all", 1, null, "malformed")),
                3);

        assertThat(actions(3)).containsExactly("hang", "hang", "malformed");
        assertThat(faults.rules().getFirst().timesLeft()).isZero();
    }

    @Test
    void sameSeedStrikesTheSameCalls() {
        List<FaultRule> rules = List.of(new FaultRule(null, "all", 0.3, null, "hang"));
        faults.set(rules, 9);
        List<String> first = actions(200);

        faults.set(rules, 9);

        assertThat(actions(200)).isEqualTo(first);
        assertThat(first).filteredOn("hang"::equals).hasSizeBetween(40, 80);
    }

    private List<String> actions(int calls) {
        return IntStream.range(0, calls)
                .mapToObj(i -> faults.draw("alpha", Call.SALE).map(FaultRule::action).orElse("-"))
                .toList();
    }
}
