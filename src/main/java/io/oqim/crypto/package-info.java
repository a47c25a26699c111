/**
 * Crypto: the bounded pool of platform threads for work that computes rather than waits, and what
 * runs on it.
 *
 * <p>May use: the JDK, config and observe. Start reading at {@link io.oqim.crypto.CryptoPool}.
 */
@NullMarked
package io.oqim.crypto;

import org.jspecify.annotations.NullMarked;
