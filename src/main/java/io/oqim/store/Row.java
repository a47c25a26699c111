package io.oqim.store;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One row for a {@link Write}: values in the order of its columns. Null where the column is null;
 * {@link #EVENT_SEQ} where a tail wants the sequence number of its change's last event.
 *
 * @param sortKey rows of one statement are written in ascending order of it, so that all
 *     transactions lock in the same order
 */
public record Row(Write write, String sortKey, List<@Nullable Object> values) {
    /** Stands for the sequence number of the change's last event. */
    public static final Object EVENT_SEQ = new Object();

    public Row {
        if (values.size() != write.columns().size()) {
            throw new IllegalArgumentException(
                    write.name()
                            + " takes "
                            + write.columns().size()
                            + " values, not "
                            + values.size());
        }
        values = Collections.unmodifiableList(new ArrayList<>(values));
    }

    public static Row of(Write write, String sortKey, @Nullable Object... values) {
        List<@Nullable Object> list = new ArrayList<>(values.length);
        Collections.addAll(list, values);
        return new Row(write, sortKey, list);
    }
}
