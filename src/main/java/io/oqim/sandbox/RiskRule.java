package io.oqim.sandbox;

import org.jspecify.annotations.Nullable;

/**
 * What a bank says to risk checks.
 *
 * @param code why it refuses, or null when it allows
 * @param cardFirst6 the only cards it refuses, or null for all
 */
record RiskRule(@Nullable String code, @Nullable String cardFirst6) {
    static final RiskRule ALLOW = new RiskRule(null, null);

    /**
     * The reason to refuse, or null.
     *
     * @param first6 of the card, or null when it is not told
     */
    @Nullable String refusal(@Nullable String first6) {
        return cardFirst6 == null || cardFirst6.equals(first6) ? code : null;
    }
}
