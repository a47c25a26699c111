package io.oqim.bench.vertx;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.PgConnection;
import io.vertx.sqlclient.Row;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.Collectors;

/** Who is who by the secret, as it was at the start. */
record Tenants(Map<String, Long> bySecret) {
    private static final String BEARER = "Bearer ";

    static Future<Tenants> read(Vertx vertx, PgConnectOptions options) {
        return PgConnection.connect(vertx, options)
                .compose(
                        connection ->
                                connection
                                        .query("SELECT secret, tenant FROM api_key")
                                        .collecting(
                                                Collectors.<Row, String, Long>toUnmodifiableMap(
                                                        row -> row.getString(0),
                                                        row -> row.getLong(1)))
                                        .execute()
                                        .eventually(connection::close))
                .map(result -> new Tenants(result.value()));
    }

    OptionalLong authorized(String header) {
        if (header == null || !header.startsWith(BEARER)) {
            return OptionalLong.empty();
        }
        Long tenant = bySecret.get(header.substring(BEARER.length()));
        return tenant == null ? OptionalLong.empty() : OptionalLong.of(tenant);
    }
}
