/**
 * Observe: metrics, and log lines that name their request and tenant.
 *
 * <p>May use: the JDK, Micrometer, SLF4J, Logback. Start reading at {@link io.oqim.observe.Metrics}
 * and {@link io.oqim.observe.Scope}.
 */
@NullMarked
package io.oqim.observe;

import org.jspecify.annotations.NullMarked;
