/**
 * The connector for Oqim's own bank protocol (docs/bank-protocol.yaml), behind which anyone can put
 * an adapter.
 *
 * <p>May use: bank, money, http (masking of card numbers), JSON-P. Start reading at {@link
 * io.oqim.bank.generic.GenericBank}.
 */
@NullMarked
package io.oqim.bank.generic;

import org.jspecify.annotations.NullMarked;
