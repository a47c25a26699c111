package io.oqim.bank;

import java.time.Duration;

/**
 * What a bank can do.
 *
 * @param tokens gives tokens for cards, and is paid by them
 * @param challenges makes the customer prove who they are when it is told to (3-D Secure)
 * @param disputes tells of chargebacks, in order, and takes answers to them
 * @param voidByReference undoes, and bars for ever, what has our reference, also what has not
 *     arrived yet
 * @param longestDelay counted from the last moment of sending: after it, "not found" means that it
 *     never happened
 */
public record Capabilities(
        boolean tokens,
        boolean challenges,
        boolean disputes,
        boolean voidByReference,
        Duration longestDelay) {}
