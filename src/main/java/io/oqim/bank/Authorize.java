package io.oqim.bank;

import io.oqim.money.Money;
import java.util.Optional;

/**
 * An authorization, or a sale when {@code capture} is set.
 *
 * @param challenge whether the customer has to prove who they are, whatever the bank thinks of the
 *     payment; asked of banks alone that can do it
 * @param callbackUrl where the bank may tell us that there is news
 */
public record Authorize(
        Money amount,
        boolean capture,
        boolean challenge,
        Source source,
        Optional<String> returnUrl,
        Optional<String> callbackUrl) {}
