/**
 * Observe: metrics, spans, and log lines that name their request and tenant.
 *
 * <p>May use: the JDK, Micrometer, OpenTelemetry, SLF4J, Logback, config. Start reading at {@link
 * io.oqim.observe.Metrics} and {@link io.oqim.observe.Scope}.
 */
@NullMarked
package io.oqim.observe;

import org.jspecify.annotations.NullMarked;
