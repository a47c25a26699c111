package io.oqim.bank;

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

    /** The first bank of the mode that is up and has room. */
    public Choice choose(boolean test) {
        boolean configured = false;
        for (Bank bank : banks) {
            if ((bank.mode() == io.oqim.config.BankEndpoint.Mode.TEST) != test) {
                continue;
            }
            configured = true;
            if (bank.available()) {
                Optional<Bank.Place> place = bank.reserve();
                if (place.isPresent()) {
                    return new Choice.Chosen(bank, place.get());
                }
            }
        }
        return configured ? new Choice.NoneAvailable() : new Choice.NoneConfigured();
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
