package io.oqim.store;

import java.sql.SQLException;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLException;

/** What an SQLSTATE means to the journal (PostgreSQL documentation, appendix A). */
final class SqlState {
    private SqlState() {}

    static String of(SQLException e) {
        return e.getSQLState() == null ? "" : e.getSQLState();
    }

    static @Nullable String constraint(SQLException e) {
        return e instanceof PSQLException p && p.getServerErrorMessage() != null
                ? p.getServerErrorMessage().getConstraint()
                : null;
    }

    /**
     * Class 22 (data) and 23 (constraint): one of the rows is at fault, and would be at fault
     * again.
     */
    static boolean rowAtFault(SQLException e) {
        String state = of(e);
        return state.startsWith("22") || state.startsWith("23");
    }

    /**
     * Deadlock, lock time-out, serialization failure, cancel: nobody is at fault, a smaller batch
     * may pass.
     */
    static boolean contention(SQLException e) {
        return switch (of(e)) {
            case "40P01", "55P03", "40001", "57014" -> true;
            default -> false;
        };
    }
}
