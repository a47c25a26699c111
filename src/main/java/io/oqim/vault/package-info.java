/**
 * Vault: cards that are kept for later payments, under tokens.
 *
 * <p>A card's number is encrypted with a data key of its tenant and period, and that key with a
 * key-encryption key that no database has (decision 10). May use: money, crypto and the tools.
 * Start reading at {@link io.oqim.vault.Vault}.
 */
@NullMarked
package io.oqim.vault;

import org.jspecify.annotations.NullMarked;
