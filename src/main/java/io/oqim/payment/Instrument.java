package io.oqim.payment;

import io.oqim.vault.Card;
import java.util.Optional;
import java.util.UUID;

/** With what a payment is paid, as far as it is kept. */
sealed interface Instrument {
    /**
     * A card.
     *
     * @param token by which it was paid, or under which it saves its card
     * @param saved whether it saves it: the token is none before the bank approves
     */
    record OfCard(Card card, Optional<UUID> token, boolean saved) implements Instrument {
        @Override
        public byte[] hash() {
            return card.hash();
        }
    }

    /**
     * A card that the bank alone knows, by the token that it gave for it.
     *
     * @param hash keyed, of the token
     */
    record OfBank(byte[] hash) implements Instrument {}

    /** What it is counted by: keyed, and the same whenever the same is paid with. */
    byte[] hash();

    /** Unless the bank alone knows its card. */
    default Optional<Card> knownCard() {
        return switch (this) {
            case OfCard of -> Optional.of(of.card());
            case OfBank unknown -> Optional.empty();
        };
    }

    /** By which it was paid, or under which it saves its card. */
    default Optional<UUID> keptAs() {
        return switch (this) {
            case OfCard of -> of.token();
            case OfBank unknown -> Optional.empty();
        };
    }

    /** Whether its card becomes a token when the bank approves. */
    default boolean saves() {
        return switch (this) {
            case OfCard of -> of.saved();
            case OfBank unknown -> false;
        };
    }
}
