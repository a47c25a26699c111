package io.oqim.bank;

import io.oqim.money.Money;
import java.util.Optional;

/** What a bank's risk check is told. */
public record RiskQuestion(Money amount, String cardFirst6, Optional<String> customerIp) {}
