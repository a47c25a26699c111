/**
 * Concurrent: structured concurrency on virtual threads, in one small class, because the JDK's own
 * is still a preview.
 *
 * <p>May use: observe (a leg works in the scope of whoever began it), the JDK, and Netty's timer in
 * {@link io.oqim.concurrent.Alarm}. Start reading at {@link io.oqim.concurrent.FanOut}.
 */
@NullMarked
package io.oqim.concurrent;

import org.jspecify.annotations.NullMarked;
