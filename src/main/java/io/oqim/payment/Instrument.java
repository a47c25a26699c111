package io.oqim.payment;

import io.oqim.vault.Card;
import java.util.Optional;
import java.util.UUID;

/**
 * With what a payment is paid, as far as it is kept.
 *
 * @param token by which it was paid, or under which it saves its card
 * @param saved whether it saves it: the token is none before the bank approves
 */
record Instrument(Card card, Optional<UUID> token, boolean saved) {}
