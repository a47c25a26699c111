package io.oqim.store;

import java.util.Arrays;
import java.util.Locale;

/** Types that rows of the journal may have, with PostgreSQL's names and numbers for them. */
enum ColumnType {
    BIGINT(20, "_int8"),
    BOOLEAN(16, "_bool"),
    BYTEA(17, "_bytea"),
    INTEGER(23, "_int4"),
    JSONB(3802, "_jsonb"),
    SMALLINT(21, "_int2"),
    TEXT(25, "_text"),
    TIMESTAMPTZ(1184, "_timestamptz"),
    UUID(2950, "_uuid");

    private final int oid;
    private final String arrayName;

    ColumnType(int oid, String arrayName) {
        this.oid = oid;
        this.arrayName = arrayName;
    }

    /**
     * @throws IllegalArgumentException if no column of the journal has it
     */
    static ColumnType of(String sqlName) {
        return Arrays.stream(values())
                .filter(type -> type.sqlName().equals(sqlName))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no such type: " + sqlName));
    }

    String sqlName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Of the type itself, in pg_type. */
    int oid() {
        return oid;
    }

    /** Of the array type, in pg_type. */
    String arrayName() {
        return arrayName;
    }
}
