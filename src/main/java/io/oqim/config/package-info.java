/**
 * Config: typed records, read once at start-up.
 *
 * <p>Every key is declared where it is read, with its default, its bounds and its meaning, by a
 * call on {@link io.oqim.config.Settings}. That one declaration reads the value, reports every
 * problem together, finds unknown keys and writes docs/configuration.md.
 *
 * <p>May use: the JDK and Helidon's readers of configuration and PEM. Start reading at {@link
 * io.oqim.config.OqimConfig}.
 */
@NullMarked
package io.oqim.config;

import org.jspecify.annotations.NullMarked;
