package io.oqim.bank;

import io.oqim.money.Money;
import java.util.Optional;

/**
 * An authorization, or a sale when {@code capture} is set.
 *
 * @param callbackUrl where the bank may tell us that there is news
 */
public record Authorize(
        Money amount,
        boolean capture,
        Source source,
        Optional<String> returnUrl,
        Optional<String> callbackUrl) {}
