package io.oqim.sandbox;

import org.jspecify.annotations.Nullable;

/** What the bank keeps about where a payment came from. */
record Origin(
        String first6, String last4, @Nullable String callbackUrl, @Nullable String returnUrl) {}
