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
        if (state.equals("23514") && constraint(e) == null) {
            // No partition for this time: the table's fault, and upkeep makes one.
            return false;
        }
        return state.startsWith("22") || state.startsWith("23");
    }

    /**
     * The server itself has refused a statement, and with it all that was sent after it. What ends
     * the whole connection says nothing about a COMMIT that was sent, nor does somebody in between
     * who lost the server. A server whose messages are not in English is not understood here.
     */
    static boolean refused(SQLException e) {
        return e instanceof PSQLException p
                && p.getServerErrorMessage() != null
                && "ERROR".equals(p.getServerErrorMessage().getSeverity())
                && !outage(e)
                && !of(e).equals("40003");
    }

    /**
     * Nobody can write now: no connection (08), no resources (53), an operator's doing or a crash
     * (57P), an I/O error (58), a server that only reads after a failover (25006), or a client-side
     * failure without a state. What else is refused, such as a lock that is held, a deadlock or a
     * missing right, concerns some of the rows, and others may pass.
     */
    static boolean outage(SQLException e) {
        String state = of(e);
        return state.isEmpty()
                || state.startsWith("08")
                || state.startsWith("53")
                || state.startsWith("57P")
                || state.startsWith("58")
                || state.equals("25006")
                // The server ended our transaction because this process was paused.
                || state.equals("25P03");
    }
}
