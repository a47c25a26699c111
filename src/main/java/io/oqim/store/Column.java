package io.oqim.store;

/** A column of a {@link Write}'s rows. */
record Column(String name, ColumnType type) {
    /** From {@code "name type"}. */
    static Column of(String text) {
        String[] parts = text.split(" ", -1);
        if (parts.length != 2) {
            throw new IllegalArgumentException("not a name and a type: '" + text + "'");
        }
        return new Column(parts[0], ColumnType.of(parts[1]));
    }

    /** As a column of a subquery that has one array parameter for it. */
    String unnested() {
        return "unnest(?::" + type.sqlName() + "[]) AS " + name;
    }
}
