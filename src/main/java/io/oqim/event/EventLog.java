package io.oqim.event;

import io.oqim.store.Database;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Reads the log. All methods block on the database. */
public final class EventLog {
    private final Database database;
    private final EventFeed feed;

    /**
     * @param feed wakes those who wait for the log to grow
     */
    public EventLog(Database database, EventFeed feed) {
        this.database = database;
        this.feed = feed;
    }

    /** The last sequence number of a tenant; 0 when nothing ever happened. */
    public long head(long tenant) {
        return database.first(
                        "SELECT seq FROM tenant_head WHERE tenant = ?",
                        row -> row.getLong(1),
                        tenant)
                .orElse(0L);
    }

    /**
     * What a reader must know of a log before he reads it.
     *
     * @param head the last sequence number; 0 when nothing ever happened
     * @param headHash the hash of that event; zeros when nothing ever happened
     * @param oldest the first one that is kept
     * @param epoch another one means that what was read before may not be true any more
     */
    public record Bounds(long head, byte[] headHash, long oldest, String epoch) {}

    public Bounds bounds(long tenant) {
        return database.first(
                        """
                        SELECT h.seq, h.hash, h.epoch, coalesce(f.oldest, 1)
                        FROM tenant_head h LEFT JOIN event_floor f USING (tenant) WHERE h.tenant = ?""",
                        row ->
                                new Bounds(
                                        row.getLong(1),
                                        row.getBytes(2),
                                        row.getLong(4),
                                        row.getString(3)),
                        tenant)
                .orElseThrow();
    }

    /**
     * The hash of an event, if it is there, or just before what is kept; zeros for the place before
     * the first one.
     */
    public Optional<byte[]> hash(long tenant, long seq) {
        return seq == 0
                ? Optional.of(new byte[32])
                : database.first(
                        """
                        SELECT hash FROM event WHERE tenant = ? AND seq = ? UNION ALL
                        SELECT prev_hash FROM event_floor WHERE tenant = ? AND oldest = ?""",
                        row -> row.getBytes(1),
                        tenant,
                        seq,
                        tenant,
                        seq + 1);
    }

    /** Where a log ends. */
    public record Head(long tenant, long seq, byte[] hash) {}

    /** Where some logs end; one question for all of them. */
    public List<Head> heads(Collection<Long> tenants) {
        return database.query(
                "SELECT tenant, seq, hash FROM tenant_head WHERE tenant = ANY (?)",
                row -> new Head(row.getLong(1), row.getLong(2), row.getBytes(3)),
                (Object) tenants.toArray(Long[]::new));
    }

    /** The events after {@code after}, ascending, at most {@code limit}. */
    public List<Event> after(long tenant, long after, int limit) {
        return database.query(
                """
                SELECT seq, id, type, payment, created, body, prev_hash, hash FROM event
                WHERE tenant = ? AND seq > ? ORDER BY seq LIMIT ?""",
                row -> event(tenant, row),
                tenant,
                after,
                limit);
    }

    /**
     * The same, but no more than there is room for: the first, and those that are about {@code
     * bytesMost} together with it.
     */
    public List<Event> after(long tenant, long after, int limit, long bytesMost) {
        return database.query(
                """
                SELECT seq, id, type, payment, created, body, prev_hash, hash FROM (
                    SELECT e.*, sum(octet_length(e.body)) OVER (ORDER BY e.seq) - octet_length(e.body) AS before
                    FROM (SELECT * FROM event WHERE tenant = ? AND seq > ? ORDER BY seq LIMIT ?) e) p
                WHERE before < ? ORDER BY seq""",
                row -> event(tenant, row),
                tenant,
                after,
                limit,
                bytesMost);
    }

    /** Some of a log's events, ascending; those that are not there are left out. */
    public List<Event> at(long tenant, Collection<Long> seqs) {
        return database.query(
                """
                SELECT seq, id, type, payment, created, body, prev_hash, hash FROM event
                WHERE tenant = ? AND seq = ANY (?) ORDER BY seq""",
                row -> event(tenant, row),
                tenant,
                seqs.toArray(Long[]::new));
    }

    /**
     * The number of the first event that was written at this time or later; one above the head when
     * there is none. Times never go back, so some thirty look-ups find it in any log.
     */
    public long firstSince(long tenant, Instant time) {
        Bounds bounds = bounds(tenant);
        long low = bounds.oldest();
        long high = bounds.head() + 1;
        while (low < high) {
            long middle = low + (high - low) / 2;
            boolean before =
                    database.first(
                                    "SELECT created FROM event WHERE tenant = ? AND seq = ?",
                                    row -> row.getObject(1, OffsetDateTime.class).toInstant(),
                                    tenant,
                                    middle)
                            .map(created -> created.isBefore(time))
                            // Removed meanwhile: before all that is kept.
                            .orElse(true);
            if (before) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    /**
     * The number of an event that was written within {@code around} of the time that its id tells,
     * as almost all are.
     */
    public Optional<Long> seq(long tenant, UUID event, Duration around) {
        Instant made = Instant.ofEpochMilli(event.getMostSignificantBits() >>> 16);
        return database.first(
                "SELECT seq FROM event WHERE tenant = ? AND seq >= ? AND seq < ? AND id = ?",
                row -> row.getLong(1),
                tenant,
                firstSince(tenant, made.minus(around)),
                firstSince(tenant, made.plus(around)),
                event);
    }

    /** The statement that makes the partitions of the coming months; to be run once in a while. */
    public static String partitions(int months) {
        return "SELECT ensure_event_partitions(" + months + ")";
    }

    /**
     * Waits until the log has reached {@code seq}; false when it had not after {@code patience}.
     *
     * @param look how often the head is looked up when no hint comes, as from a process that cannot
     *     reach Redis
     */
    public boolean await(long tenant, long seq, Duration patience, Duration look)
            throws InterruptedException {
        long end = System.nanoTime() + patience.toNanos();
        // Followed first, so that no commit falls between the look and the wait.
        try (EventFeed.Tail tail = feed.follow(tenant)) {
            while (true) {
                long hinted = tail.hinted();
                // Asked of the database each time: a hint only says when.
                long head = head(tenant);
                if (head >= seq) {
                    return true;
                }
                if (hinted >= seq) {
                    tail.nothingAfter(head, hinted);
                }
                long left = end - System.nanoTime();
                if (left <= 0) {
                    return false;
                }
                Duration pause = Duration.ofNanos(Math.min(left, look.toNanos()));
                long ignored = tail.await(seq - 1, pause, t -> head);
            }
        }
    }

    private static Event event(long tenant, ResultSet row) throws SQLException {
        return new Event(
                tenant,
                row.getLong(1),
                row.getObject(2, UUID.class),
                row.getString(3),
                Optional.ofNullable(row.getObject(4, UUID.class)),
                row.getObject(5, OffsetDateTime.class).toInstant(),
                row.getBytes(6),
                row.getBytes(7),
                row.getBytes(8));
    }
}
