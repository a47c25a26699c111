package io.oqim.bank;

import io.oqim.money.Money;
import java.util.Optional;

/**
 * What a bank's risk check is told.
 *
 * @param cardFirst6 unless the card is known to the bank alone
 */
public record RiskQuestion(
        Money amount, Optional<String> cardFirst6, Optional<String> customerIp) {}
