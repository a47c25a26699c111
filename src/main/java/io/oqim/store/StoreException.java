package io.oqim.store;

import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * The database refused or did not answer.
 *
 * <p>{@link #constraint()} names the rule that refused, when one did.
 */
public final class StoreException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String state;
    private final @Nullable String constraint;

    private StoreException(
            String message, String state, @Nullable String constraint, Throwable cause) {
        super(message, cause);
        this.state = state;
        this.constraint = constraint;
    }

    static StoreException of(SQLException e) {
        return new StoreException(
                "database: " + e.getMessage(), SqlState.of(e), SqlState.constraint(e), e);
    }

    /** The SQLSTATE, or an empty text. */
    public String state() {
        return state;
    }

    public @Nullable String constraint() {
        return constraint;
    }
}
