package io.oqim.risk;

import java.util.Locale;

/** What is done with a payment; the later ones go before the earlier ones. */
public enum Action {
    /** It goes on. */
    PASS,
    /** The customer has to prove who they are. */
    CHALLENGE,
    /** It is authorized, and not captured before a person has released it. */
    REVIEW,
    /** It is refused. */
    BLOCK;

    String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
