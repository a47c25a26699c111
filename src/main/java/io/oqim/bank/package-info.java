/**
 * Bank: the port to banks. What can be asked of a bank, what it can answer, and how a call is made
 * so that its outcome is never guessed.
 *
 * <p>{@link io.oqim.bank.BankConnector} is the port; each protocol is a package of its own below
 * this one and sees no other. {@link io.oqim.bank.Bank} adds bulkhead and circuit breaker; {@link
 * io.oqim.bank.Banks} chooses.
 *
 * <p>May use: money, config, concurrent, observe, Helidon's fault tolerance. Start reading at
 * {@link io.oqim.bank.BankReply}.
 */
@NullMarked
package io.oqim.bank;

import org.jspecify.annotations.NullMarked;
