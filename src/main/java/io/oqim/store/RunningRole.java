package io.oqim.store;

import io.oqim.config.DatabaseConfig;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.callback.Callback;
import org.flywaydb.core.api.callback.Context;
import org.flywaydb.core.api.callback.Event;
import org.postgresql.util.PasswordUtil;

/**
 * The role that runs, which migrations give rights to: made before them where it is missing, if the
 * role that migrates may do that. One that is there is left as it is.
 */
final class RunningRole implements Callback {
    private final DatabaseConfig config;

    RunningRole(DatabaseConfig config) {
        this.config = config;
    }

    @Override
    public boolean supports(Event event, Context context) {
        return event == Event.BEFORE_MIGRATE;
    }

    @Override
    public boolean canHandleInTransaction(Event event, Context context) {
        return true;
    }

    @Override
    public void handle(Event event, Context context) {
        Connection connection = context.getConnection();
        try {
            if (!exists(connection)) {
                create(connection);
            }
        } catch (SQLException e) {
            throw new FlywayException(
                    "role "
                            + config.user()
                            + " does not exist, and "
                            + config.migrateUser()
                            + " cannot create it: "
                            + e.getMessage(),
                    e);
        }
    }

    private boolean exists(Connection connection) throws SQLException {
        try (PreparedStatement question =
                connection.prepareStatement("SELECT 1 FROM pg_roles WHERE rolname = ?")) {
            question.setString(1, config.user());
            try (ResultSet found = question.executeQuery()) {
                return found.next();
            }
        }
    }

    /** The password goes as its verifier: a server may log statements. */
    private void create(Connection connection) throws SQLException {
        char[] password = config.password().reveal().toCharArray();
        String verifier = PasswordUtil.encodePassword(config.user(), password, "scram-sha-256");
        String sql;
        try (PreparedStatement quoting =
                connection.prepareStatement(
                        "SELECT format('CREATE ROLE %I LOGIN PASSWORD %L', ?, ?)")) {
            quoting.setString(1, config.user());
            quoting.setString(2, verifier);
            try (ResultSet quoted = quoting.executeQuery()) {
                boolean ignored = quoted.next();
                sql = quoted.getString(1);
            }
        }
        try (Statement creating = connection.createStatement()) {
            boolean ignored = creating.execute(sql);
        }
    }

    @Override
    public String getCallbackName() {
        return "running role";
    }
}
