package io.oqim.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Several statements sent in one network round trip: the driver pipelines the parts of a statement
 * text that is separated by semicolons.
 */
final class Script {
    private final StringBuilder sql = new StringBuilder();
    private final List<Column> columns = new ArrayList<>();
    private final List<@Nullable Rows> readers = new ArrayList<>();

    /** Reads the rows that a part returns. */
    @FunctionalInterface
    interface Rows {
        void read(ResultSet rows) throws SQLException;
    }

    private record Column(String type, List<? extends @Nullable Object> values) {}

    boolean isEmpty() {
        return readers.isEmpty();
    }

    /** Adds a part that takes one array for each type. */
    void add(
            String part,
            List<String> types,
            List<? extends List<? extends @Nullable Object>> arrays,
            @Nullable Rows reader) {
        if (!readers.isEmpty()) {
            sql.append(';');
        }
        sql.append(part);
        for (int i = 0; i < types.size(); i++) {
            columns.add(new Column(types.get(i), arrays.get(i)));
        }
        readers.add(reader);
    }

    /** Sends all parts and reads what they return, in order. */
    void run(Connection connection) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql.toString())) {
            for (int i = 0; i < columns.size(); i++) {
                Column column = columns.get(i);
                statement.setArray(i + 1, connection.createArrayOf(column.type(), array(column)));
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
        }
    }

    /**
     * The driver encodes longs and bytes in binary; all else goes as text, which the server casts.
     */
    private static @Nullable Object[] array(Column column) {
        List<? extends @Nullable Object> values = column.values();
        return switch (column.type()) {
            case "bigint" -> values.toArray(new Long[0]);
            case "bytea" -> values.toArray(new byte[0][]);
            default ->
                    values.stream()
                            .map(value -> value == null ? null : value.toString())
                            .toArray(String[]::new);
        };
    }
}
