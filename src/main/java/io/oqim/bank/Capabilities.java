package io.oqim.bank;

import java.time.Duration;

/**
 * What a bank can do.
 *
 * @param sale authorizes and captures in one call
 * @param tombstone voids by our reference, also what has not arrived yet
 * @param longestDelay after it, "not found" means that it never happened
 */
public record Capabilities(
        boolean sale, boolean partialCapture, boolean tombstone, Duration longestDelay) {}
