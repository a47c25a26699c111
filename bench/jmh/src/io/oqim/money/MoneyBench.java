package io.oqim.money;

import java.util.Currency;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** Money, with its rules. */
@State(Scope.Benchmark)
public class MoneyBench {
    private long amount = 125_000;
    private String code = "UZS";
    private Currency currency = Currency.getInstance("UZS");

    /** From what a request or a row says. */
    @Benchmark
    public Money of() {
        return Money.of(amount, code);
    }

    /** The two values alone. */
    @Benchmark
    public Object[] ofAlone() {
        return new Object[] {amount, currency};
    }
}
