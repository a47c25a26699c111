/**
 * Money: amounts and currencies as values.
 *
 * <p>May use: the JDK alone. Start reading at {@link io.oqim.money.Money}.
 */
@NullMarked
package io.oqim.money;

import org.jspecify.annotations.NullMarked;
