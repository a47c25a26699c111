package io.oqim.websocket;

import org.jspecify.annotations.Nullable;

/** Where the bytes of one socket come from. */
interface Source {
    /** Blocks for the next bytes, at least one; null at the end of the stream. */
    byte @Nullable [] next();
}
