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
    private final boolean outage;
    private final @Nullable String constraint;

    private StoreException(
            String message, String state, @Nullable String constraint, SQLException cause) {
        super(message, cause);
        this.state = state;
        this.outage = SqlState.outage(cause);
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

    /**
     * Whether the database could not be reached or used at all; else something is wrong with what
     * was asked.
     */
    public boolean isOutage() {
        return outage;
    }

    public @Nullable String constraint() {
        return constraint;
    }
}
