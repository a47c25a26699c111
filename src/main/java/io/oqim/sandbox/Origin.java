package io.oqim.sandbox;

import org.jspecify.annotations.Nullable;

/**
 * What the bank keeps about where a payment came from.
 *
 * @param disputed the cardholder will dispute whatever is debited
 */
record Origin(
        String first6,
        String last4,
        @Nullable String callbackUrl,
        @Nullable String returnUrl,
        boolean disputed) {
    Origin disputed(boolean soon) {
        return new Origin(first6, last4, callbackUrl, returnUrl, soon);
    }
}
