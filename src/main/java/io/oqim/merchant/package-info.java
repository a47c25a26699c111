/**
 * Merchant: merchants, their tenants (one each for test and live), what holds for a tenant in
 * particular ({@link io.oqim.merchant.Policy}), and their API keys.
 *
 * <p>May use: the tools. Start reading at {@link io.oqim.merchant.Merchants} for onboarding and
 * {@link io.oqim.merchant.Authentication} for what every request passes.
 */
@NullMarked
package io.oqim.merchant;

import org.jspecify.annotations.NullMarked;
