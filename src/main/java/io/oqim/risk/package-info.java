/**
 * Risk: checks that run beside the first commit and may refuse a payment.
 *
 * <p>May use: money and the tools. Start reading at {@link io.oqim.risk.Velocity}, {@link
 * io.oqim.risk.Lists} and {@link io.oqim.risk.Rules}.
 */
@NullMarked
package io.oqim.risk;

import org.jspecify.annotations.NullMarked;
