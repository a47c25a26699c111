package io.oqim.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Array;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import io.oqim.dev.LocalPostgres;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** A lane's batch of 32 rows with an id, an amount, a text and a time, as parameters of its statement. */
@State(Scope.Benchmark)
public class ArraysBench {
    private static final int ROWS = 32;

    private final List<Object> ids = new ArrayList<>();
    private final List<Object> amounts = new ArrayList<>();
    private final List<Object> texts = new ArrayList<>();
    private final List<Object> times = new ArrayList<>();
    private LocalPostgres postgres;
    private Connection connection;

    @Setup(Level.Trial)
    public void start() throws IOException, SQLException {
        for (int i = 0; i < ROWS; i++) {
            ids.add(TypeId.next());
            amounts.add(1000L + i);
            texts.add("captured");
            times.add(Instant.now());
        }
        Path data = Files.createTempDirectory(Path.of("target", "bench").toAbsolutePath(), "arrays");
        postgres = LocalPostgres.start(data.resolve("postgres"));
        connection =
                DriverManager.getConnection(
                        postgres.database("arrays"),
                        LocalPostgres.MIGRATE_ROLE,
                        LocalPostgres.PASSWORD);
    }

    @TearDown(Level.Trial)
    public void stop() throws IOException, SQLException {
        connection.close();
        postgres.close();
    }

    @Benchmark
    public Object[] binary() {
        return new Object[] {
            new ArrayParameter(ColumnType.UUID, ids),
            new ArrayParameter(ColumnType.BIGINT, amounts),
            new ArrayParameter(ColumnType.TEXT, texts),
            new ArrayParameter(ColumnType.TIMESTAMPTZ, times)
        };
    }

    /** As the driver does it: text, for all but numbers. */
    @Benchmark
    public Object[] byDriver() throws SQLException {
        return new Object[] {
            text("uuid", ids), number(amounts), text("text", texts), text("timestamptz", times)
        };
    }

    private Array number(List<Object> values) throws SQLException {
        return connection.createArrayOf("bigint", values.toArray(new Long[0]));
    }

    private String text(String type, List<Object> values) throws SQLException {
        return connection
                .createArrayOf(type, values.stream().map(Object::toString).toArray(String[]::new))
                .toString();
    }
}
