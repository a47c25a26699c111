package io.oqim.store;

import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A statement that writes many rows at once.
 *
 * <p>A guard returns, as its only column, the {@code change} of each row that it accepted; a change
 * whose guards do not all accept writes nothing.
 *
 * @param name for messages and metrics
 * @param stage when it runs
 * @param order within its stage, the lock order: lower first
 * @param sql reads its rows from {@code :rows}, once; there stands then a subquery with an array
 *     parameter for each column
 * @param columns of the rows
 */
public record Write(String name, Stage stage, int order, String sql, List<Column> columns) {
    private static final String ROWS = ":rows";

    /** Whose columns are filled by their places. */
    private static final Pattern PLAIN_INSERT =
            Pattern.compile(
                    "INSERT INTO \\w+ \\(([^)]*)\\)\\s+SELECT \\* FROM :rows\\b.*", Pattern.DOTALL);

    /** When a statement runs within the transaction. */
    public enum Stage {
        /** First; decides which changes go on. */
        GUARD,
        /** Rows of accepted changes. */
        ROW,
        /** Rows that carry the sequence number of the change's last event. */
        TAIL
    }

    public Write {
        columns = List.copyOf(columns);
        int at = sql.indexOf(ROWS);
        if (at < 0 || sql.indexOf(ROWS, at + 1) >= 0) {
            throw new IllegalArgumentException(name + " does not read " + ROWS + " once");
        }
        Matcher insert = PLAIN_INSERT.matcher(sql);
        if (insert.matches()) {
            List<String> named = List.of(insert.group(1).strip().split("\\s*,\\s*", -1));
            if (!named.equals(columns.stream().map(Column::name).toList())) {
                throw new IllegalArgumentException(name + " inserts other columns than it has");
            }
        }
        // Functions in the select list hand on row by row; in FROM, each would be stored first.
        String subquery =
                columns.stream()
                        .map(Column::unnested)
                        .collect(Collectors.joining(", ", "(SELECT ", ")"));
        sql = sql.substring(0, at) + subquery + sql.substring(at + ROWS.length());
    }

    /**
     * @param columns each as {@code "name type"}
     */
    public Write(String name, Stage stage, int order, String sql, String... columns) {
        this(name, stage, order, sql, Arrays.stream(columns).map(Column::of).toList());
    }
}
