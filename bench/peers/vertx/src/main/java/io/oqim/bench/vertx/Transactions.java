package io.oqim.bench.vertx;

import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import io.vertx.sqlclient.impl.SqlClientInternal;
import java.util.ArrayList;
import java.util.List;

/** Transactions that are sent whole, from BEGIN to COMMIT, before any of it is answered. */
final class Transactions {
    private final Pool pool;

    record Statement(String sql, Tuple values) {}

    Transactions(Pool pool) {
        this.pool = pool;
    }

    /**
     * Fails as the first statement that failed. The ones after it have failed as well then, and
     * PostgreSQL has rolled back at the COMMIT.
     */
    Future<Void> run(Statement... statements) {
        return pool.withConnection(connection -> send(connection, statements));
    }

    /** All in one write: a group is flushed at its end. */
    private static Future<Void> send(SqlConnection connection, Statement... statements) {
        List<Future<?>> answers = new ArrayList<>(statements.length + 2);
        ((SqlClientInternal) connection)
                .group(
                        client -> {
                            answers.add(client.query("BEGIN").execute());
                            for (Statement one : statements) {
                                answers.add(client.preparedQuery(one.sql()).execute(one.values()));
                            }
                            answers.add(client.query("COMMIT").execute());
                        });
        return Future.join(answers).mapEmpty();
    }
}
