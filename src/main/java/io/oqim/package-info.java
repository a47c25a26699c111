/**
 * The root: {@link io.oqim.Main} starts a role, {@link io.oqim.Gateway} wires the rooms.
 *
 * <p>May use everything; nothing uses it. Start reading at {@link io.oqim.Gateway}.
 */
@NullMarked
package io.oqim;

import org.jspecify.annotations.NullMarked;
