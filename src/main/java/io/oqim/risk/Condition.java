package io.oqim.risk;

import io.oqim.config.AddressRange;
import java.net.InetAddress;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What a rule looks for. What a payment does not say fulfils nothing but {@link Missing}: nobody is
 * judged by a country that nobody knows.
 */
sealed interface Condition {
    /** Whether a payment fulfils it. */
    boolean holds(Facts facts, Map<Dimension, Long> counts);

    /** How many words or ranges it has. */
    default int size() {
        return switch (this) {
            case Compared compared -> 1;
            case OneOf one -> one.words().size();
            case From from -> from.ranges().size();
            case Missing missing -> 1;
        };
    }

    /** What is compared as a number. */
    sealed interface Quantity {
        /** In minor units. */
        record Amount() implements Quantity {}

        /** How many payments there were in the window, with this one. */
        record Count(Dimension of) implements Quantity {}

        private Optional<Long> of(Facts facts, Map<Dimension, Long> counts) {
            return switch (this) {
                case Amount amount -> Optional.of(facts.amount().minorUnits());
                case Count count -> Optional.ofNullable(counts.get(count.of()));
            };
        }
    }

    /** How a number is compared. */
    enum Comparison {
        GT,
        GTE,
        LT,
        LTE,
        EQ;

        private boolean holds(long value, long limit) {
            return switch (this) {
                case GT -> value > limit;
                case GTE -> value >= limit;
                case LT -> value < limit;
                case LTE -> value <= limit;
                case EQ -> value == limit;
            };
        }
    }

    /** A number is more or less than others. */
    record Compared(Quantity quantity, Map<Comparison, Long> limits) implements Condition {
        public Compared {
            limits = Collections.unmodifiableMap(new EnumMap<>(limits));
        }

        @Override
        public boolean holds(Facts facts, Map<Dimension, Long> counts) {
            return quantity.of(facts, counts)
                    .filter(
                            value ->
                                    limits.entrySet().stream()
                                            .allMatch(
                                                    limit ->
                                                            limit.getKey()
                                                                    .holds(
                                                                            value,
                                                                            limit.getValue())))
                    .isPresent();
        }
    }

    /** What is compared as a text. */
    enum Word {
        CURRENCY,
        COUNTRY,
        BIN,
        CUSTOMER,
        IP,
        EMAIL;

        private Optional<String> of(Facts facts) {
            return switch (this) {
                case CURRENCY -> Optional.of(facts.amount().currencyCode());
                case COUNTRY -> facts.country();
                case BIN -> facts.bin();
                case CUSTOMER -> facts.customer();
                case IP -> facts.ip().map(InetAddress::getHostAddress);
                case EMAIL -> facts.email().map(hash -> "known");
            };
        }
    }

    /**
     * A text is one of some, or none of them.
     *
     * @param among whether it shall be
     */
    record OneOf(Word word, boolean among, Set<String> words) implements Condition {
        @Override
        public boolean holds(Facts facts, Map<Dimension, Long> counts) {
            return word.of(facts).filter(text -> words.contains(text) == among).isPresent();
        }
    }

    /**
     * The customer's address is in one of some ranges, or in none of them.
     *
     * @param among whether it shall be
     */
    record From(boolean among, List<AddressRange> ranges) implements Condition {
        @Override
        public boolean holds(Facts facts, Map<Dimension, Long> counts) {
            return facts.ip()
                    .filter(ip -> ranges.stream().anyMatch(range -> range.contains(ip)) == among)
                    .isPresent();
        }
    }

    /**
     * The payment does not say it, or does.
     *
     * @param missing whether it shall not
     */
    record Missing(Word word, boolean missing) implements Condition {
        @Override
        public boolean holds(Facts facts, Map<Dimension, Long> counts) {
            return word.of(facts).isEmpty() == missing;
        }
    }
}
