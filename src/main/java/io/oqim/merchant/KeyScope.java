package io.oqim.merchant;

import io.oqim.http.Problem;
import io.oqim.http.Refusal;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What a key may be used for. Each route says which of them it needs. */
public enum KeyScope {
    /** Looking, in all ways: reads, events, streams and their tickets. */
    READ,
    /**
     * Payments, captures, cancels, adjustments and decisions in review, and cards that are kept.
     */
    PAY,
    /** Refunds, and answers to disputes. */
    REFUND,
    /** Webhook endpoints, and what is sent to them. */
    ENDPOINTS,
    /** Blocklist, allow-list and rules. */
    RISK;

    /** As the API writes it. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Empty for one that a newer version knows: a key is never good for more here than it says. */
    static Optional<KeyScope> parse(String text) {
        return Arrays.stream(values()).filter(scope -> scope.text().equals(text)).findAny();
    }

    Refusal missing() {
        return new Refusal(
                Problem.of(
                        403,
                        "missing_scope",
                        "This key may not be used for that: it lacks the scope '" + text() + "'."));
    }
}
