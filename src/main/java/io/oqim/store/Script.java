package io.oqim.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Several statements sent in one network round trip: the driver pipelines the parts of a statement
 * text that is separated by semicolons.
 */
final class Script {
    private final StringBuilder sql = new StringBuilder();
    private final List<ArrayParameter> parameters = new ArrayList<>();
    private final List<@Nullable Rows> readers = new ArrayList<>();

    /** Reads the rows that a part returns. */
    @FunctionalInterface
    interface Rows {
        void read(ResultSet rows) throws SQLException;
    }

    /**
     * Adds a part.
     *
     * @param arrays the values of each column, column by column
     * @param reader of the rows that it returns, if it does
     */
    void add(
            Write part,
            List<? extends List<? extends @Nullable Object>> arrays,
            @Nullable Rows reader) {
        if (!readers.isEmpty()) {
            sql.append(';');
        }
        sql.append(part.sql());
        List<Column> columns = part.columns();
        for (int i = 0; i < columns.size(); i++) {
            parameters.add(new ArrayParameter(columns.get(i).type(), arrays.get(i)));
        }
        readers.add(reader);
    }

    /** Adds a part that has no parameters and returns nothing. */
    void add(String command) {
        if (!readers.isEmpty()) {
            sql.append(';');
        }
        sql.append(command);
        readers.add(null);
    }

    /**
     * Sends all parts and reads what they return, in order.
     *
     * @return what the server had to remark
     */
    @Nullable SQLWarning run(Connection connection) throws SQLException {
        if (readers.isEmpty()) {
            return null;
        }
        try (PreparedStatement statement = connection.prepareStatement(sql.toString())) {
            for (int i = 0; i < parameters.size(); i++) {
                statement.setObject(i + 1, parameters.get(i));
            }
            boolean rows = statement.execute();
            for (@Nullable Rows reader : readers) {
                if (rows && reader != null) {
                    try (ResultSet result = statement.getResultSet()) {
                        reader.read(result);
                    }
                }
                rows = statement.getMoreResults();
            }
            return statement.getWarnings();
        }
    }
}
