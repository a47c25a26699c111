package io.oqim.sandbox;

import org.jspecify.annotations.Nullable;

/**
 * What the caller said to a dispute, as far as the bank has to remember it.
 *
 * @param reference the caller's own, by which a repetition is known
 * @param verdict what the evidence makes the bank decide, or null when somebody else decides
 */
record DisputeResponse(String reference, @Nullable DisputeStatus verdict) {}
