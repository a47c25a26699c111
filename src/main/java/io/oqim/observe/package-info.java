/**
 * Observe: metrics, request ids and health.
 *
 * <p>May use: the JDK, Micrometer, SLF4J. Start reading at {@link io.oqim.observe.Metrics}.
 */
@NullMarked
package io.oqim.observe;

import org.jspecify.annotations.NullMarked;
