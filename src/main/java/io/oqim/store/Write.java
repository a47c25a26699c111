package io.oqim.store;

import java.util.List;

/**
 * A statement that writes many rows at once: one array parameter a column.
 *
 * <p>A guard returns, as its only column, the {@code change} of each row that it accepted; a change
 * whose guards do not all accept writes nothing.
 *
 * @param name for messages and metrics
 * @param stage when it runs
 * @param order within its stage, the lock order: lower first
 * @param sql with one {@code ?::type[]} for each column
 * @param types the PostgreSQL element type of each column
 */
public record Write(String name, Stage stage, int order, String sql, List<String> types) {
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
        types = List.copyOf(types);
        long parameters = sql.chars().filter(c -> c == '?').count();
        if (parameters != types.size()) {
            throw new IllegalArgumentException(
                    name + " has " + parameters + " parameters but " + types.size() + " columns");
        }
    }
}
