/**
 * Ledger: accounts, postings and balances, by double entry; what becomes available when; and how a
 * tenant reads its books (docs/ledger.md).
 *
 * <p>May use: money and the tools. Start reading at {@link io.oqim.ledger.Accounts}, then {@link
 * io.oqim.ledger.Ledger}; {@link io.oqim.ledger.Maturity} is its worker, {@link
 * io.oqim.ledger.LedgerRoutes} what is read.
 */
@NullMarked
package io.oqim.ledger;

import org.jspecify.annotations.NullMarked;
