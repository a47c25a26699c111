/**
 * Ledger: accounts, postings and balances, by double entry.
 *
 * <p>May use: money, store. Start reading at {@link io.oqim.ledger.Ledger}.
 */
@NullMarked
package io.oqim.ledger;

import org.jspecify.annotations.NullMarked;
