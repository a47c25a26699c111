package io.oqim.store;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One batch. Written hopefully, it takes two round trips: guards and rows with the locking of
 * heads, then tails with the events and COMMIT. Written carefully, each of these has its own: rows
 * go when their guards have accepted, and COMMIT when there is nothing left that may be refused.
 *
 * <p>Holds no state that outlives the batch: when anything throws, it is rolled back and forgotten.
 */
final class Transaction {
    /** The mark by which a COMMIT without an answer is looked up again. */
    private static final Write MARK =
            new Write(
                    "journal_batch",
                    Write.Stage.GUARD,
                    0,
                    "INSERT INTO journal_batch (tenant, batch) SELECT * FROM :rows AS u",
                    "tenant bigint",
                    "batch uuid");

    private static final String COMMIT = "COMMIT";

    private final Connection connection;
    private final Sequencer sequencer;
    private final List<Change> changes;
    private final Map<UUID, Integer> accepted = new HashMap<>();
    private final Map<Long, Head> heads = new HashMap<>();
    private final Map<UUID, List<Commit.Place>> places = new HashMap<>();
    private List<Change> through = List.of();

    /** A tenant's last place in the log, as the transaction goes on. */
    private record Head(long seq, byte[] hash, Instant created) {}

    Transaction(Connection connection, Sequencer sequencer, List<Change> changes) {
        this.connection = connection;
        this.sequencer = sequencer;
        this.changes = changes;
    }

    /**
     * Writes guards and rows, of changes that are expected to be accepted.
     *
     * @return what is to be sent last, COMMIT included
     * @throws NotAccepted when a guard did not accept its change: the batch must run again,
     *     carefully
     */
    Script writeHopefully(UUID batch) throws SQLException {
        Script first = new Script();
        guards(first, batch);
        List<Long> tenants = rowsAndHeads(first, changes);
        var ignored = first.run(connection);
        checkHeads(tenants);
        for (Change change : changes) {
            if (accepted.getOrDefault(change.id(), 0) != change.guards()) {
                throw new NotAccepted(Set.of());
            }
        }
        through = changes;
        Script last = tails();
        last.add(COMMIT);
        return last;
    }

    /**
     * Writes those changes that are accepted.
     *
     * @param retryLock how long it waits for a row that somebody holds; as long as always when null
     * @return COMMIT, which is to be sent last
     * @throws NotAccepted when some but not all guards of a change accepted it: the batch must run
     *     again without it
     */
    Script writeCarefully(UUID batch, @Nullable Duration retryLock) throws SQLException {
        Script first = new Script();
        if (retryLock != null) {
            first.add("SET LOCAL lock_timeout = " + retryLock.toMillis());
        }
        guards(first, batch);
        var ignored = first.run(connection);
        through = accepting();
        Script rows = new Script();
        List<Long> tenants = rowsAndHeads(rows, through);
        ignored = rows.run(connection);
        checkHeads(tenants);
        ignored = tails().run(connection);
        Script last = new Script();
        last.add(COMMIT);
        return last;
    }

    /** Sends the last script; what the server had to remark. */
    @Nullable SQLWarning finish(Script last) throws SQLException {
        return last.run(connection);
    }

    private List<Change> accepting() {
        List<Change> accepting = new ArrayList<>();
        Set<UUID> partly = new HashSet<>();
        for (Change change : changes) {
            int count = accepted.getOrDefault(change.id(), 0);
            if (count == change.guards()) {
                accepting.add(change);
            } else if (count > 0) {
                partly.add(change.id());
            }
        }
        if (!partly.isEmpty()) {
            throw new NotAccepted(partly);
        }
        return accepting;
    }

    /** What each change has become once the last script was run. */
    Map<UUID, Commit> commits() {
        Map<UUID, Commit> commits = new HashMap<>();
        changes.forEach(change -> commits.put(change.id(), new Commit.Refused()));
        for (Change change : through) {
            commits.put(
                    change.id(), new Commit.Accepted(places.getOrDefault(change.id(), List.of())));
        }
        return commits;
    }

    private void guards(Script script, UUID batch) {
        script.add(MARK, List.of(List.of(changes.getFirst().tenant()), List.of(batch)), null);
        statements(script, changes, Write.Stage.GUARD);
    }

    /** Returns the tenants whose heads are locked. */
    private List<Long> rowsAndHeads(Script script, List<Change> from) {
        statements(script, from, Write.Stage.ROW);
        List<Long> tenants =
                from.stream()
                        .filter(c -> !c.events().isEmpty())
                        .map(Change::tenant)
                        .distinct()
                        .sorted()
                        .toList();
        if (!tenants.isEmpty()) {
            script.add(sequencer.lockHeads(), List.of(tenants), this::readHeads);
        }
        return tenants;
    }

    private void checkHeads(List<Long> tenants) throws SQLException {
        if (heads.size() != tenants.size()) {
            throw new SQLException(
                    "the log has no head for one of the tenants " + tenants, "23503");
        }
    }

    private void readHeads(ResultSet rows) throws SQLException {
        while (rows.next()) {
            Instant last = rows.getObject(4, OffsetDateTime.class).toInstant();
            Instant now = rows.getObject(5, OffsetDateTime.class).toInstant();
            // The log's time never goes back, whatever the clock does.
            heads.put(
                    rows.getLong(1),
                    new Head(rows.getLong(2), rows.getBytes(3), now.isBefore(last) ? last : now));
        }
    }

    private Script tails() {
        Script script = new Script();
        List<Commit.Place> log = new ArrayList<>();
        for (Change change : through) {
            for (Change.Draft draft : change.events()) {
                Commit.Place place = next(change.tenant(), draft);
                log.add(place);
                places.computeIfAbsent(change.id(), id -> new ArrayList<>()).add(place);
            }
        }
        if (log.isEmpty()) {
            return script;
        }
        script.add(sequencer.append(), LogArrays.events(log), null);
        Set<Long> moved = new HashSet<>();
        log.forEach(place -> moved.add(place.tenant()));
        List<Long> tenants = moved.stream().sorted().toList();
        script.add(
                sequencer.advance(),
                List.of(
                        tenants,
                        tenants.stream().map(t -> head(t).seq()).toList(),
                        tenants.stream().map(t -> head(t).hash()).toList(),
                        tenants.stream().map(t -> head(t).created()).toList()),
                null);
        statements(script, through, Write.Stage.TAIL);
        return script;
    }

    private Commit.Place next(long tenant, Change.Draft draft) {
        Head head = head(tenant);
        long seq = Math.addExact(head.seq(), 1);
        byte[] hash = sequencer.link(head.hash(), seq, head.created(), draft.bodyHash());
        heads.put(tenant, new Head(seq, hash, head.created()));
        return new Commit.Place(draft, tenant, seq, head.created(), head.hash(), hash);
    }

    private Head head(long tenant) {
        return java.util.Objects.requireNonNull(heads.get(tenant), "head");
    }

    /** One statement for each kind of row, in lock order, its rows sorted. */
    private void statements(Script script, List<Change> from, Write.Stage stage) {
        Map<Write, List<Owned>> byWrite =
                new TreeMap<>(Comparator.comparingInt(Write::order).thenComparing(Write::name));
        for (Change change : from) {
            for (Row row : change.rows()) {
                if (row.write().stage() == stage) {
                    byWrite.computeIfAbsent(row.write(), w -> new ArrayList<>())
                            .add(new Owned(change, row));
                }
            }
        }
        byWrite.forEach(
                (write, rows) -> {
                    rows.sort(Comparator.comparing(owned -> owned.row().sortKey()));
                    List<List<@Nullable Object>> arrays = new ArrayList<>();
                    for (int i = 0; i < write.columns().size(); i++) {
                        List<@Nullable Object> array = new ArrayList<>(rows.size());
                        for (Owned owned : rows) {
                            array.add(value(owned, i));
                        }
                        arrays.add(array);
                    }
                    script.add(
                            write, arrays, stage == Write.Stage.GUARD ? this::readAccepted : null);
                });
    }

    private record Owned(Change change, Row row) {}

    private @Nullable Object value(Owned owned, int column) {
        Object value = owned.row().values().get(column);
        return Row.EVENT_SEQ.equals(value)
                ? java.util.Objects.requireNonNull(places.get(owned.change().id())).getLast().seq()
                : value;
    }

    private void readAccepted(ResultSet rows) throws SQLException {
        while (rows.next()) {
            accepted.merge(rows.getObject(1, UUID.class), 1, Integer::sum);
        }
    }

    /** Not all guards have accepted. */
    static final class NotAccepted extends RuntimeException {
        private static final long serialVersionUID = 1L;
        private final transient Set<UUID> partly;

        NotAccepted(Set<UUID> partly) {
            super("not accepted", null, false, false);
            this.partly = partly;
        }

        /** The changes without which the batch can be written. */
        Set<UUID> partly() {
            return partly;
        }
    }
}
