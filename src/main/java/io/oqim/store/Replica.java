package io.oqim.store;

import io.oqim.concurrent.Loop;
import io.oqim.config.DatabaseConfig;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.OptionalLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A copy of the database that is a little behind, for reads to which that does not matter: lists
 * and exports. They are done at the primary when there is no copy, when it is further behind than
 * {@code database.replica-max-lag}, when it has not reached what the caller has seen already, and
 * when it does not answer.
 */
public final class Replica implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Replica.class);

    private static final Duration LOOK_MOST = Duration.ofSeconds(1);

    private final Database primary;
    private final @Nullable Database copy;
    private final Reached reached;
    private final Duration maxLag;
    private final Duration look;
    private final Loop loop = new Loop("replica", this::turn);

    /**
     * What the primary had written, and when it was asked: the copy is not older once it has that.
     */
    private final Deque<Moment> moments = new ArrayDeque<>();

    private record Moment(String lsn, long nanos) {}

    /** When the copy was as the primary; nothing while it is not to be used. */
    private volatile OptionalLong asOf = OptionalLong.empty();

    /** Whether a database has a tenant's log up to a number. */
    @FunctionalInterface
    public interface Reached {
        boolean test(Database database, long tenant, long seq);
    }

    public Replica(Database primary, DatabaseConfig config, Reached reached) {
        this.primary = primary;
        this.reached = reached;
        this.maxLag = config.replicaMaxLag();
        this.look = shorter(maxLag.dividedBy(4), LOOK_MOST);
        this.copy = config.replicaUrl().isEmpty() ? null : new Database(config.atReplica(), 0);
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    public void start() {
        if (copy != null) {
            loop.start();
        }
    }

    /**
     * Reads; blocks on the database.
     *
     * @param seq of the tenant's log, which what is read must have reached
     */
    public <T> T read(long tenant, OptionalLong seq, Function<Database, T> work) {
        Database near = copy;
        if (near != null && lag().isPresent()) {
            try {
                if (seq.isEmpty() || reached.test(near, tenant, seq.getAsLong())) {
                    return work.apply(near);
                }
            } catch (StoreException e) {
                asOf = OptionalLong.empty();
                LOG.warn("the replica does not answer: {}", e.getMessage());
            }
        }
        return work.apply(primary);
    }

    /** How far the copy is behind, in nanoseconds at most; nothing while it is not used. */
    public OptionalLong lag() {
        OptionalLong then = asOf;
        if (then.isEmpty()) {
            return then;
        }
        long lag = System.nanoTime() - then.getAsLong();
        return lag <= maxLag.toNanos() ? OptionalLong.of(lag) : OptionalLong.empty();
    }

    private Duration turn() {
        Database near = copy;
        if (near == null) {
            return look;
        }
        try {
            long now = System.nanoTime();
            String written = text(primary, "SELECT pg_current_wal_flush_lsn()::text");
            moments.addLast(new Moment(written, now));
            OptionalLong newest = OptionalLong.empty();
            while (!moments.isEmpty() && has(near, moments.getFirst())) {
                newest = OptionalLong.of(moments.removeFirst().nanos());
            }
            if (newest.isPresent()) {
                asOf = newest;
            }
            while (!moments.isEmpty() && now - moments.getFirst().nanos() > maxLag.toNanos()) {
                moments.removeFirst();
            }
        } catch (StoreException e) {
            LOG.debug("the lag of the replica is not known: {}", e.getMessage());
        }
        return look;
    }

    /**
     * What has become a server of its own follows nobody any more, and may have gone another way.
     */
    private static boolean has(Database near, Moment moment) {
        return near.first(
                        "SELECT pg_is_in_recovery() AND pg_last_wal_replay_lsn() >= ?::pg_lsn",
                        row -> row.getBoolean(1),
                        moment.lsn())
                .orElse(false);
    }

    private static String text(Database database, String sql) {
        return database.first(sql, row -> row.getString(1)).orElseThrow();
    }

    @Override
    public void close() {
        loop.close();
        if (copy != null) {
            copy.close();
        }
    }
}
