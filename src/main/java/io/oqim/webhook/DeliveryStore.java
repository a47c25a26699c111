package io.oqim.webhook;

import io.oqim.event.EventLog;
import io.oqim.store.Database;
import io.oqim.store.Upkeep;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * The tables webhook_delivery, webhook_attempt and webhook_replay. Methods block on the database.
 */
final class DeliveryStore {
    private static final String REPLAY =
            "SELECT replay, from_seq, to_seq, cursor, filtered, created_at FROM webhook_replay"
                    + " WHERE tenant = ? AND endpoint = ? ";

    /** Of an endpoint that is ordered, nothing goes before what is earlier of its payment. */
    private static final String FREE =
            """
            (NOT ? OR NOT EXISTS (SELECT FROM webhook_delivery b
                WHERE b.tenant = w.tenant AND b.endpoint = w.endpoint
                    AND b.payment = w.payment AND b.seq < w.seq AND b.next_at IS NOT NULL))
            """;

    /** As many attempts as a delivery has, and some of replays. */
    private static final int ATTEMPTS_A_DELIVERY = 12;

    /**
     * What is open or given up, and what was delivered: of that, so many attempts from the index as
     * hold a page.
     */
    private static final String LISTED =
            """
            SELECT l.seq, l.event, l.type, l.status, l.read, l.next_at FROM (
                (SELECT d.seq, d.event, d.type, CASE WHEN d.next_at IS NULL THEN 'failed' ELSE 'pending' END AS status,
                    0 AS read, d.next_at FROM webhook_delivery d
                WHERE d.tenant = ? AND d.endpoint = ? AND d.seq < ?
                    AND (? = '' OR ? = CASE WHEN d.next_at IS NULL THEN 'failed' ELSE 'pending' END)
                ORDER BY d.seq DESC LIMIT ?)
                UNION ALL
                SELECT n.seq, n.event, n.type, 'delivered', count(*), NULL FROM (
                    SELECT a.seq, a.event, a.type FROM webhook_attempt a
                    WHERE a.tenant = ? AND a.endpoint = ? AND a.seq < ? AND ? IN ('', 'delivered')
                        AND NOT EXISTS (SELECT FROM webhook_delivery d WHERE d.tenant = a.tenant
                            AND d.endpoint = a.endpoint AND d.seq = a.seq)
                    ORDER BY a.seq DESC LIMIT ?) n
                GROUP BY n.seq, n.event, n.type) l
            ORDER BY l.seq DESC LIMIT ?""";

    private static final String DUE =
            """
            UPDATE webhook_delivery d SET next_at = now() + make_interval(secs => ?)
            FROM (SELECT w.seq FROM webhook_delivery w
                WHERE w.tenant = ? AND w.endpoint = ? AND w.next_at <= now() AND
            """
                    + FREE
                    + """
                ORDER BY w.next_at, w.seq LIMIT ?) due
            WHERE d.tenant = ? AND d.endpoint = ? AND d.seq = due.seq
                AND EXISTS (SELECT FROM webhook_endpoint e WHERE e.tenant = d.tenant
                    AND e.endpoint = d.endpoint AND e.fence = ? AND e.status = 'enabled')
            RETURNING d.seq, d.attempts""";

    private static final String NEXT =
            """
            SELECT extract(epoch FROM min(w.next_at) - now()) FROM webhook_delivery w
            WHERE w.tenant = ? AND w.endpoint = ? AND w.next_at IS NOT NULL AND
            """
                    + FREE;

    private final Database database;
    private final EventLog log;

    DeliveryStore(Database database, EventLog log) {
        this.database = database;
        this.log = log;
    }

    /** Attempts that are too old to be looked at, and deliveries that were given up long ago. */
    static List<Upkeep.Sweep> sweeps(Duration attempts, Duration givenUp) {
        return List.of(
                new Upkeep.Sweep("webhook_attempt", attempts),
                new Upkeep.Sweep("webhook_delivery", givenUp, "next_at IS NULL"),
                new Upkeep.Sweep("webhook_replay", givenUp, "cursor >= to_seq"),
                new Upkeep.Sweep("webhook_secret", Duration.ZERO, "expires_at < now()"));
    }

    /**
     * Deliveries that are due, the longest waiting first; kept from being due again for {@code
     * within}. Of an endpoint that is ordered, only those whose payment has no earlier one open.
     */
    List<Delivery> due(Lease lease, Duration within, int limit) {
        Endpoint endpoint = lease.endpoint();
        Map<Long, Integer> attempts = new HashMap<>();
        List<Long> seqs =
                database.query(
                        DUE,
                        row -> {
                            attempts.put(row.getLong(1), row.getInt(2));
                            return row.getLong(1);
                        },
                        within.toMillis() / 1000.0,
                        endpoint.tenant(),
                        endpoint.id(),
                        endpoint.ordered(),
                        limit,
                        endpoint.tenant(),
                        endpoint.id(),
                        lease.fence());
        if (seqs.isEmpty()) {
            return List.of();
        }
        List<Delivery> there =
                log.at(endpoint.tenant(), seqs).stream()
                        .map(event -> new Delivery(event, attempts.getOrDefault(event.seq(), 0)))
                        .toList();
        if (there.size() < seqs.size()) {
            giveUpWhatIsGone(endpoint, seqs, there);
        }
        return there;
    }

    /** It is due again after a while, as if nobody had begun with it. */
    void postpone(Endpoint endpoint, Delivery delivery, Duration pause) {
        int ignored =
                database.execute(
                        "UPDATE webhook_delivery SET next_at = now() + make_interval(secs => ?)"
                                + " WHERE tenant = ? AND endpoint = ? AND seq = ? AND attempts = ?"
                                + " AND next_at IS NOT NULL",
                        pause.toMillis() / 1000.0,
                        endpoint.tenant(),
                        endpoint.id(),
                        delivery.event().seq(),
                        delivery.attempts());
    }

    /** Events that the log does not keep any more cannot be sent. */
    private void giveUpWhatIsGone(Endpoint endpoint, List<Long> seqs, List<Delivery> there) {
        Set<Long> gone = new HashSet<>(seqs);
        there.forEach(delivery -> gone.remove(delivery.event().seq()));
        int ignored =
                database.execute(
                        "UPDATE webhook_delivery SET next_at = NULL"
                                + " WHERE tenant = ? AND endpoint = ? AND seq = ANY (?)",
                        endpoint.tenant(),
                        endpoint.id(),
                        gone.toArray(Long[]::new));
    }

    /** How long until one is due; empty when none waits, or all wait for earlier ones. */
    Optional<Duration> untilNext(Endpoint endpoint) {
        return database.first(
                        NEXT,
                        row -> {
                            double seconds = row.getDouble(1);
                            return row.wasNull()
                                    ? Optional.<Duration>empty()
                                    : Optional.of(
                                            Duration.ofMillis((long) Math.max(0, seconds * 1000)));
                        },
                        endpoint.tenant(),
                        endpoint.id(),
                        endpoint.ordered())
                .orElse(Optional.empty());
    }

    /**
     * What is not done.
     *
     * @param waiting how many wait, or are on their way
     * @param untried those among them that wait for their first attempt
     */
    record Backlog(int waiting, int untried) {}

    Backlog backlog(Endpoint endpoint) {
        return database.first(
                        """
                        SELECT count(*), count(*) FILTER (WHERE attempts = 0 AND next_at <= now())
                        FROM webhook_delivery WHERE tenant = ? AND endpoint = ? AND next_at IS NOT NULL""",
                        row -> new Backlog(row.getInt(1), row.getInt(2)),
                        endpoint.tenant(),
                        endpoint.id())
                .orElseThrow();
    }

    /** The oldest replay that is not done. */
    Optional<Replay> replay(Endpoint endpoint) {
        return database.first(
                REPLAY + "AND cursor < to_seq ORDER BY replay LIMIT 1",
                DeliveryStore::replay,
                endpoint.tenant(),
                endpoint.id());
    }

    Optional<Replay> replay(long tenant, UUID endpoint, UUID replay) {
        return database.first(
                REPLAY + "AND replay = ?", DeliveryStore::replay, tenant, endpoint, replay);
    }

    /** Keeps a replay; false when there are as many as there may be. */
    boolean add(long tenant, UUID endpoint, Replay replay, int most) {
        return database.execute(
                        """
                        INSERT INTO webhook_replay (tenant, endpoint, replay, from_seq, to_seq, cursor, filtered)
                        SELECT ?, ?, ?, ?, ?, ?, ? WHERE (SELECT count(*) FROM webhook_replay
                            WHERE tenant = ? AND endpoint = ? AND cursor < to_seq) < ?""",
                        tenant,
                        endpoint,
                        replay.id(),
                        replay.from(),
                        replay.to(),
                        replay.cursor(),
                        replay.filtered(),
                        tenant,
                        endpoint,
                        most)
                == 1;
    }

    private static Replay replay(ResultSet row) throws SQLException {
        return new Replay(
                row.getObject(1, UUID.class),
                row.getLong(2),
                row.getLong(3),
                row.getLong(4),
                row.getBoolean(5),
                row.getObject(6, OffsetDateTime.class).toInstant());
    }

    /**
     * A delivery as its merchant sees it.
     *
     * @param status {@code pending}, {@code failed} (given up) or {@code delivered}
     * @param read how many attempts were read to know of it, if it was delivered
     * @param nextAt when it is tried next
     */
    record Listed(
            long seq, UUID event, String type, String status, int read, Optional<Instant> nextAt) {}

    /**
     * Some deliveries.
     *
     * @param more whether there may be others
     */
    record Page(List<Listed> deliveries, boolean more) {}

    /** What was tried. */
    record Attempt(
            long seq,
            int number,
            Instant sent,
            int latencyMillis,
            Optional<Integer> status,
            Optional<String> error,
            byte[] response) {}

    /**
     * The newest first: what is open or was given up, and what was delivered as long as its
     * attempts are kept.
     *
     * @param status only these; empty for all
     */
    Page list(long tenant, UUID endpoint, long before, Optional<String> status, int limit) {
        int readMost = (limit + 1) * ATTEMPTS_A_DELIVERY;
        List<Listed> found =
                database.query(
                        LISTED,
                        row ->
                                new Listed(
                                        row.getLong(1),
                                        row.getObject(2, UUID.class),
                                        row.getString(3),
                                        row.getString(4),
                                        row.getInt(5),
                                        Optional.ofNullable(row.getObject(6, OffsetDateTime.class))
                                                .map(OffsetDateTime::toInstant)),
                        tenant,
                        endpoint,
                        before,
                        status.orElse(""),
                        status.orElse(""),
                        limit + 1,
                        tenant,
                        endpoint,
                        before,
                        status.orElse(""),
                        readMost,
                        limit + 1);
        if (found.stream().mapToInt(Listed::read).sum() >= readMost) {
            // Many attempts have filled what was read: the page ends with the last of them.
            long last =
                    found.stream()
                            .filter(listed -> listed.read() > 0)
                            .mapToLong(Listed::seq)
                            .min()
                            .orElse(0);
            List<Listed> whole = found.stream().filter(listed -> listed.seq() >= last).toList();
            return new Page(whole.subList(0, Math.min(limit, whole.size())), true);
        }
        return new Page(found.subList(0, Math.min(limit, found.size())), found.size() > limit);
    }

    /** The attempts of some deliveries, in the order of sending. */
    List<Attempt> attempts(long tenant, UUID endpoint, List<Long> seqs) {
        return database.query(
                """
                SELECT seq, number, sent_at, latency_ms, status, error, response FROM webhook_attempt
                WHERE tenant = ? AND endpoint = ? AND seq = ANY (?) ORDER BY seq, attempt""",
                row -> {
                    int status = row.getInt(5);
                    boolean answered = !row.wasNull();
                    return new Attempt(
                            row.getLong(1),
                            row.getInt(2),
                            row.getObject(3, OffsetDateTime.class).toInstant(),
                            row.getInt(4),
                            answered ? Optional.of(status) : Optional.empty(),
                            Optional.ofNullable(row.getString(6)),
                            row.getBytes(7));
                },
                tenant,
                endpoint,
                seqs.toArray(Long[]::new));
    }

    /** How many messages are due, of any endpoint; more than 10,000 are not counted. */
    long overdue() {
        return database.first(
                        """
                        SELECT count(*) FROM (SELECT 1 FROM webhook_delivery
                            WHERE next_at IS NOT NULL AND next_at <= now() LIMIT 10000) d""",
                        row -> row.getLong(1))
                .orElse(0L);
    }
}
