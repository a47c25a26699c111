package io.oqim.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.oqim.dev.PostgresServer;
import io.oqim.testing.Infra;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What arrives at PostgreSQL of the journal's arrays. */
class ArrayParameterIT {
    private static PostgresServer postgres;
    private static Connection connection;

    @BeforeAll
    static void start(@TempDir Path directory) throws Exception {
        postgres = Infra.postgres(directory.resolve("postgres"));
        String url = postgres.database("arrays") + "?binaryTransferEnable=" + ArrayParameter.BINARY;
        connection =
                java.sql.DriverManager.getConnection(
                        url, PostgresServer.MIGRATE_ROLE, PostgresServer.PASSWORD);
    }

    @AfterAll
    static void stop() throws Exception {
        connection.close();
        postgres.close();
    }

    @Test
    void numbersArriveAsTheyAre() throws Exception {
        assertThat(read("bigint", 1L, null, Long.MAX_VALUE, Long.MIN_VALUE))
                .containsExactly("1", null, "9223372036854775807", "-9223372036854775808");
        assertThat(read("integer", 1, null, Integer.MIN_VALUE))
                .containsExactly("1", null, "-2147483648");
        assertThat(read("smallint", 1, -32_768, 32_767)).containsExactly("1", "-32768", "32767");
        assertThat(read("boolean", true, null, false)).containsExactly("true", null, "false");
    }

    @Test
    void whatDoesNotFitIsRefusedAndNotCutShort() {
        assertThatThrownBy(() -> read("smallint", 40_000)).hasMessage("not a smallint: 40000");
        assertThatThrownBy(() -> read("integer", 3_000_000_000L)).hasMessage("integer overflow");
    }

    @Test
    void timesArriveToTheMicrosecondOnBothSidesOfPostgresEpoch() throws Exception {
        List<Instant> times =
                List.of(
                        Instant.parse("2026-11-26T10:15:30.123456Z"),
                        Instant.parse("2000-01-01T00:00:00Z"),
                        Instant.parse("1969-12-31T23:59:59.999999Z"));
        List<@Nullable String> arrived =
                read("timestamptz", times.get(0), null, times.get(1), times.get(2));

        assertThat(arrived)
                .containsExactly(
                        "2026-11-26 10:15:30.123456+00",
                        null,
                        "2000-01-01 00:00:00+00",
                        "1969-12-31 23:59:59.999999+00");
    }

    @Test
    void textsBytesAndIdsArriveWhatIsInThem() throws Exception {
        UUID id = UUID.fromString("01234567-89ab-cdef-8123-456789abcdef");
        String text = "a\"b\\c{d},'e' NULL \u00e9\u4e2d\ud83d\ude00";

        assertThat(read("uuid", id, null)).containsExactly(id.toString(), null);
        assertThat(read("text", text, "", null)).containsExactly(text, "", null);
        assertThat(read("jsonb", "{\"b\": [1, \"\u00e9\"]}", null))
                .containsExactly("{\"b\": [1, \"\u00e9\"]}", null);
        assertThat(read("bytea", new byte[] {0, -1, 92}, null)).containsExactly("\\x00ff5c", null);
    }

    @Test
    void manyAndLargeAndNoValuesArrive() throws Exception {
        Object[] many = new Object[3000];
        Arrays.fill(many, "x".repeat(1000));

        assertThat(read("text", many)).hasSize(3000).containsOnly("x".repeat(1000));
        assertThat(read("bytea", (Object) "y".repeat(100_000).getBytes(StandardCharsets.US_ASCII)))
                .hasSize(1);
        assertThat(read("uuid")).isEmpty();
    }

    private static List<@Nullable String> read(String type, @Nullable Object... values)
            throws SQLException {
        List<@Nullable Object> list = new ArrayList<>(Arrays.asList(values));
        List<@Nullable String> rows = new ArrayList<>();
        try (PreparedStatement statement =
                connection.prepareStatement(
                        "SELECT v::text FROM unnest(?::" + type + "[]) AS a (v)")) {
            statement.setObject(1, new ArrayParameter(ColumnType.of(type), list));
            try (ResultSet result = statement.executeQuery()) {
                while (result.next()) {
                    rows.add(result.getString(1));
                }
            }
        }
        return rows;
    }
}
