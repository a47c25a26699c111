package io.oqim.bank;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** All banks, and the choice among them, from local knowledge alone. */
public final class Banks {
    private final List<Bank> banks;

    public Banks(List<Bank> banks) {
        this.banks = List.copyOf(banks);
    }

    /** What the choice came to. */
    public sealed interface Choice {
        /** This bank, with room kept for the call. */
        record Chosen(Bank bank, Bank.Place place) implements Choice {}

        /** No bank serves this mode. */
        record NoneConfigured() implements Choice {}

        /** Those that serve it are full or were found down. */
        record NoneAvailable() implements Choice {}
    }

    /**
     * The first bank of the mode that is up and has room. Those that another process found down
     * come last, and are asked all the same when there is no other.
     */
    public Choice choose(boolean test) {
        List<Bank> fitting =
                banks.stream()
                        .filter(bank -> bank.serves(test))
                        .sorted(Comparator.comparing(Bank::doubted))
                        .toList();
        for (Bank bank : fitting) {
            if (bank.available()) {
                Optional<Bank.Place> place = bank.reserve();
                if (place.isPresent()) {
                    return new Choice.Chosen(bank, place.get());
                }
            }
        }
        return fitting.isEmpty() ? new Choice.NoneConfigured() : new Choice.NoneAvailable();
    }

    public List<Bank> all() {
        return banks;
    }

    public List<String> names() {
        return banks.stream().map(Bank::name).toList();
    }

    public Optional<Bank> named(String name) {
        return banks.stream().filter(bank -> bank.name().equals(name)).findFirst();
    }
}
