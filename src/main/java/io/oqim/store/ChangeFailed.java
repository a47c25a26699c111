package io.oqim.store;

import org.jspecify.annotations.Nullable;

/** The database's rules refused this change, and this one alone; nothing of it was written. */
public final class ChangeFailed extends RuntimeException {
    private static final long serialVersionUID = 1L;

    ChangeFailed(RuntimeException cause) {
        super("the change was refused: " + cause.getMessage(), cause);
    }

    /** The constraint that refused, if it was one. */
    public @Nullable String constraint() {
        return getCause() instanceof StoreException store ? store.constraint() : null;
    }
}
