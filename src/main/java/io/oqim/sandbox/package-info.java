/**
 * The sandbox: simulated banks that speak Oqim's own small bank protocol (docs/bank-protocol.yaml)
 * and keep books of their own.
 *
 * <p>The books are append-only, fsynced files, and shared with nobody: what the gateway claims can
 * be compared with what the bank has written down, also after either of them crashed. Every fault a
 * bank can show is built in on purpose and can be chosen by amount, by card or by the control API
 * (docs/sandbox.md).
 *
 * <p>May use: the JDK, Helidon, Jakarta JSON and SLF4J. Uses no other room of Oqim, so that it can
 * testify against the gateway, and no room may use it but the root. Start reading at {@link
 * io.oqim.sandbox.Sandbox}, then {@link io.oqim.sandbox.BankRoutes} and {@link
 * io.oqim.sandbox.DisputeRoutes} for the calls, {@link io.oqim.sandbox.Teller} for the one door to
 * the books.
 */
@NullMarked
package io.oqim.sandbox;

import org.jspecify.annotations.NullMarked;
