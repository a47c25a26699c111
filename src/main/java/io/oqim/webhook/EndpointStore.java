package io.oqim.webhook;

import io.oqim.store.Database;
import java.net.URI;
import java.sql.Array;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/** The tables webhook_endpoint and webhook_secret. All methods block on the database. */
final class EndpointStore {
    private static final String COLUMNS =
            "e.tenant, e.endpoint, e.url, e.description, e.types, e.ordered, e.status, e.reason, e.changed_at,"
                    + " e.cursor, e.failing_since, e.created_at, e.updated_at, e.paused_until";

    private final Database database;

    EndpointStore(Database database) {
        this.database = database;
    }

    /** What a merchant says of an endpoint. */
    record Wanted(URI url, Optional<String> description, List<String> types, boolean ordered) {}

    /**
     * Makes an endpoint, whose cursor is the head of the log as it is under its lock: every event
     * that commits after it is the endpoint's.
     *
     * @return empty when the tenant has as many as it may
     */
    Optional<Endpoint> create(long tenant, UUID endpoint, UUID secret, Wanted wanted, int most) {
        boolean made =
                database.inTransaction(
                        connection -> {
                            // Holds back commits to this log, and others who make an endpoint.
                            try (PreparedStatement head =
                                    connection.prepareStatement(
                                            "SELECT seq FROM tenant_head WHERE tenant = ? FOR UPDATE")) {
                                head.setLong(1, tenant);
                                try (ResultSet row = head.executeQuery()) {
                                    row.next();
                                }
                            }
                            try (PreparedStatement insert =
                                    connection.prepareStatement(
                                            """
                                            WITH made AS (
                                                INSERT INTO webhook_endpoint
                                                    (tenant, endpoint, url, description, types, ordered, cursor)
                                                SELECT h.tenant, ?, ?, nullif(?, ''), ?, ?, h.seq FROM tenant_head h
                                                WHERE h.tenant = ? AND (SELECT count(*) FROM webhook_endpoint e
                                                    WHERE e.tenant = h.tenant) < ?
                                                RETURNING tenant, endpoint)
                                            INSERT INTO webhook_secret (tenant, endpoint, secret)
                                            SELECT tenant, endpoint, ? FROM made""")) {
                                insert.setObject(1, endpoint);
                                insert.setString(2, wanted.url().toString());
                                insert.setString(3, wanted.description().orElse(""));
                                insert.setArray(
                                        4,
                                        connection.createArrayOf("text", wanted.types().toArray()));
                                insert.setBoolean(5, wanted.ordered());
                                insert.setLong(6, tenant);
                                insert.setInt(7, most);
                                insert.setObject(8, secret);
                                return insert.executeUpdate() == 1;
                            }
                        });
        return made ? find(tenant, endpoint) : Optional.empty();
    }

    Optional<Endpoint> find(long tenant, UUID endpoint) {
        return database.first(
                "SELECT "
                        + COLUMNS
                        + " FROM webhook_endpoint e WHERE e.tenant = ? AND e.endpoint = ?",
                EndpointStore::endpoint,
                tenant,
                endpoint);
    }

    /** In the order of making. */
    List<Endpoint> list(long tenant, UUID after, int limit) {
        return database.query(
                "SELECT "
                        + COLUMNS
                        + " FROM webhook_endpoint e WHERE e.tenant = ? AND e.endpoint > ?"
                        + " ORDER BY e.endpoint LIMIT ?",
                EndpointStore::endpoint,
                tenant,
                after,
                limit);
    }

    /** What is to be changed; the rest stays. */
    record Change(
            Optional<URI> url,
            Optional<String> description,
            Optional<List<String>> types,
            Optional<Boolean> ordered) {}

    /**
     * From now on: whoever works for it loses the lease, and the next one sees the change. A
     * receiver elsewhere is another one, of which nothing is known, and gets what waits at once,
     * with all attempts of the schedule.
     */
    boolean change(long tenant, UUID endpoint, Change change) {
        return database.first(
                                """
                        WITH before AS (SELECT tenant, endpoint, url FROM webhook_endpoint
                                WHERE tenant = ? AND endpoint = ? FOR UPDATE),
                            asked AS (SELECT b.*, coalesce(nullif(?, ''), b.url) AS wanted,
                                coalesce(nullif(?, ''), b.url) <> b.url AS moved FROM before b),
                            changed AS (UPDATE webhook_endpoint e SET url = a.wanted,
                                    description = coalesce(nullif(?, ''), e.description),
                                    types = CASE WHEN ? THEN ? ELSE e.types END,
                                    ordered = CASE WHEN ? THEN ? ELSE e.ordered END,
                                    failing_since = CASE WHEN NOT a.moved THEN e.failing_since END,
                                    failures = CASE WHEN a.moved THEN 0 ELSE e.failures END,
                                    proven = e.proven AND NOT a.moved,
                                    paused_until = CASE WHEN NOT a.moved THEN e.paused_until END,
                                    fence = e.fence + 1, leased_until = NULL, updated_at = now()
                                FROM asked a WHERE e.tenant = a.tenant AND e.endpoint = a.endpoint
                                RETURNING e.tenant, e.endpoint, a.moved),
                            due AS (UPDATE webhook_delivery d SET attempts = 0, next_at = now() FROM changed c
                                WHERE c.moved AND d.tenant = c.tenant AND d.endpoint = c.endpoint
                                    AND d.next_at IS NOT NULL)
                        SELECT count(*) FROM changed""",
                                row -> row.getLong(1),
                                tenant,
                                endpoint,
                                change.url().map(URI::toString).orElse(""),
                                change.url().map(URI::toString).orElse(""),
                                change.description().orElse(""),
                                change.types().isPresent(),
                                change.types().orElse(List.of()).toArray(String[]::new),
                                change.ordered().isPresent(),
                                change.ordered().orElse(false))
                        .orElse(0L)
                == 1;
    }

    /**
     * Nothing is sent any more, and what waits is forgotten. The endpoint goes first, and its
     * replays before its deliveries: whoever claims events for it waits for that, and then finds
     * none.
     */
    boolean delete(long tenant, UUID endpoint) {
        return database.inTransaction(
                connection -> {
                    boolean there = false;
                    for (String table :
                            List.of(
                                    "webhook_endpoint",
                                    "webhook_replay",
                                    "webhook_delivery",
                                    "webhook_secret")) {
                        try (PreparedStatement delete =
                                connection.prepareStatement(
                                        "DELETE FROM "
                                                + table
                                                + " WHERE tenant = ? AND endpoint = ?")) {
                            delete.setLong(1, tenant);
                            delete.setObject(2, endpoint);
                            there |= delete.executeUpdate() > 0 && table.equals("webhook_endpoint");
                        }
                    }
                    return there;
                });
    }

    /**
     * Sends again, from where it stopped or from the oldest event that is kept; what failed is due
     * at once, with all attempts of the schedule. Does nothing to one that is enabled.
     */
    void enable(long tenant, UUID endpoint) {
        int ignored =
                database.execute(
                        """
                        WITH enabled AS (
                            UPDATE webhook_endpoint e SET status = 'enabled', reason = NULL, failing_since = NULL,
                                failures = 0, paused_until = NULL, changed_at = now(), updated_at = now(),
                                cursor = greatest(e.cursor, (SELECT f.oldest - 1 FROM event_floor f
                                    WHERE f.tenant = e.tenant))
                            WHERE tenant = ? AND endpoint = ? AND status = 'disabled' RETURNING tenant, endpoint)
                        UPDATE webhook_delivery d SET attempts = 0, next_at = now() FROM enabled e
                        WHERE d.tenant = e.tenant AND d.endpoint = e.endpoint AND d.next_at IS NOT NULL""",
                        tenant,
                        endpoint);
    }

    /** By the merchant's own wish. */
    boolean disable(long tenant, UUID endpoint) {
        return database.execute(
                        """
                        UPDATE webhook_endpoint SET reason = coalesce(reason, 'requested'), status = 'disabled',
                            changed_at = CASE status WHEN 'disabled' THEN changed_at ELSE now() END,
                            updated_at = now()
                        WHERE tenant = ? AND endpoint = ?""",
                        tenant,
                        endpoint)
                == 1;
    }

    /** A new secret; those of before sign for a while too. */
    void rotate(long tenant, UUID endpoint, UUID secret, Duration overlap) {
        int ignored =
                database.execute(
                        """
                        WITH old AS (UPDATE webhook_secret
                            SET expires_at = least(expires_at, now() + make_interval(secs => ?))
                            WHERE tenant = ? AND endpoint = ?)
                        INSERT INTO webhook_secret (tenant, endpoint, secret)
                        SELECT e.tenant, e.endpoint, ? FROM webhook_endpoint e WHERE e.tenant = ? AND e.endpoint = ?""",
                        overlap.toMillis() / 1000.0,
                        tenant,
                        endpoint,
                        secret,
                        tenant,
                        endpoint);
    }

    /** What signs now, the newest first. */
    List<UUID> secrets(long tenant, UUID endpoint, int most) {
        return database.query(
                """
                SELECT secret FROM webhook_secret WHERE tenant = ? AND endpoint = ?
                    AND (expires_at IS NULL OR expires_at > now()) ORDER BY created_at DESC, secret DESC LIMIT ?""",
                row -> row.getObject(1, UUID.class),
                tenant,
                endpoint,
                most);
    }

    /** Who has an endpoint to which something may be sent. */
    Set<Long> tenants() {
        return Set.copyOf(
                database.query(
                        "SELECT DISTINCT tenant FROM webhook_endpoint WHERE status = 'enabled'",
                        row -> row.getLong(1)));
    }

    /**
     * Takes the leases of endpoints that have something to send and are nobody's; if they are more
     * than the limit, any of them.
     *
     * @param of only of these tenants; none means all
     */
    List<Lease> take(Collection<Long> of, Duration lease, int limit) {
        return database.query(
                """
                UPDATE webhook_endpoint e SET leased_until = now() + make_interval(secs => ?), fence = e.fence + 1
                FROM (SELECT w.tenant, w.endpoint FROM webhook_endpoint w JOIN tenant_head h USING (tenant)
                    WHERE w.status = 'enabled' AND (? OR w.tenant = ANY (?))
                        AND (w.leased_until IS NULL OR w.leased_until < now())
                        AND (w.paused_until IS NULL OR w.paused_until <= now())
                        AND (h.seq > w.cursor
                            OR EXISTS (SELECT FROM webhook_delivery d WHERE d.tenant = w.tenant
                                AND d.endpoint = w.endpoint AND d.next_at <= now()
                                AND (NOT w.ordered OR NOT EXISTS (SELECT FROM webhook_delivery b
                                    WHERE b.tenant = d.tenant AND b.endpoint = d.endpoint
                                        AND b.payment = d.payment AND b.seq < d.seq AND b.next_at IS NOT NULL)))
                            OR EXISTS (SELECT FROM webhook_replay r WHERE r.tenant = w.tenant
                                AND r.endpoint = w.endpoint AND r.cursor < r.to_seq))
                    ORDER BY random() LIMIT ? FOR UPDATE OF w SKIP LOCKED) due
                WHERE e.tenant = due.tenant AND e.endpoint = due.endpoint
                RETURNING
                """
                        + COLUMNS
                        + ", e.fence, e.failures, e.proven",
                row ->
                        new Lease(
                                endpoint(row), row.getLong(15), row.getInt(16), row.getBoolean(17)),
                lease.toMillis() / 1000.0,
                of.isEmpty(),
                of.toArray(Long[]::new),
                limit);
    }

    /** Keeps a lease for longer; empty when it is lost, or the endpoint sends no more. */
    Optional<Endpoint> renew(Lease lease, Duration life) {
        return database.first(
                "UPDATE webhook_endpoint e SET leased_until = now() + make_interval(secs => ?)"
                        + " WHERE e.tenant = ? AND e.endpoint = ? AND e.fence = ? AND e.status = 'enabled'"
                        + " RETURNING "
                        + COLUMNS,
                EndpointStore::endpoint,
                life.toMillis() / 1000.0,
                lease.endpoint().tenant(),
                lease.endpoint().id(),
                lease.fence());
    }

    /**
     * Gives a lease back, with how far the log was looked at; no further than it is, if a failover
     * has shortened it.
     *
     * @param stored what the cursor on disk is thought to be; it is not moved from anywhere else
     */
    void release(Lease lease, long stored, long cursor) {
        int ignored =
                database.execute(
                        """
                        UPDATE webhook_endpoint e SET leased_until = NULL,
                            cursor = CASE e.cursor WHEN ? THEN least(?, h.seq) ELSE e.cursor END
                        FROM tenant_head h
                        WHERE e.tenant = ? AND e.endpoint = ? AND e.fence = ? AND h.tenant = e.tenant""",
                        stored,
                        cursor,
                        lease.endpoint().tenant(),
                        lease.endpoint().id(),
                        lease.fence());
    }

    private static Endpoint endpoint(ResultSet row) throws SQLException {
        Instant changed = time(row, 9);
        return new Endpoint(
                row.getLong(1),
                row.getObject(2, UUID.class),
                URI.create(row.getString(3)),
                Optional.ofNullable(row.getString(4)),
                texts(row.getArray(5)),
                row.getBoolean(6),
                Optional.ofNullable(row.getString(8))
                        .map(text -> new Endpoint.Disabled(Endpoint.Reason.parse(text), changed)),
                row.getLong(10),
                row.getObject(11) == null ? Optional.empty() : Optional.of(time(row, 11)),
                row.getObject(14) == null ? Optional.empty() : Optional.of(time(row, 14)),
                time(row, 12),
                time(row, 13));
    }

    private static List<String> texts(Array array) throws SQLException {
        return Arrays.stream((Object[]) array.getArray()).map(Object::toString).toList();
    }

    private static Instant time(ResultSet row, int column) throws SQLException {
        return row.getObject(column, OffsetDateTime.class).toInstant();
    }
}
