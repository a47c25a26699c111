package io.oqim.store;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
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
 * One batch, written by four round trips: guards, rows with the locking of heads, tails with the
 * events, COMMIT (which is the caller's). Between the heads' lock and COMMIT there is one.
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

    private final Connection connection;
    private final Sequencer sequencer;
    private final List<Change> changes;
    private final Map<UUID, Integer> accepted = new HashMap<>();
    private final Map<Long, Head> heads = new HashMap<>();
    private final Map<UUID, List<Commit.Place>> places = new HashMap<>();

    /** A tenant's last place in the log, as the transaction goes on. */
    private record Head(long seq, byte[] hash, Instant created) {}

    Transaction(Connection connection, Sequencer sequencer, List<Change> changes) {
        this.connection = connection;
        this.sequencer = sequencer;
        this.changes = changes;
    }

    /**
     * Writes the batch up to, and without, COMMIT.
     *
     * @return what each change will have become once COMMIT succeeds
     * @throws PartlyAccepted when some but not all guards of a change accepted it: the batch must
     *     run again without it
     */
    Map<UUID, Commit> write(UUID batch) throws SQLException {
        guards(batch);
        List<Change> through = new ArrayList<>();
        Set<UUID> partly = new HashSet<>();
        Map<UUID, Commit> results = new HashMap<>();
        for (Change change : changes) {
            int count = accepted.getOrDefault(change.id(), 0);
            if (count == change.guards()) {
                through.add(change);
            } else if (count == 0) {
                results.put(change.id(), new Commit.Refused());
            } else {
                partly.add(change.id());
            }
        }
        if (!partly.isEmpty()) {
            throw new PartlyAccepted(partly);
        }
        rowsAndHeads(through);
        tails(through);
        for (Change change : through) {
            results.put(
                    change.id(), new Commit.Accepted(places.getOrDefault(change.id(), List.of())));
        }
        return results;
    }

    private void guards(UUID batch) throws SQLException {
        Script script = new Script();
        script.add(MARK, List.of(List.of(changes.getFirst().tenant()), List.of(batch)), null);
        statements(script, changes, Write.Stage.GUARD);
        script.run(connection);
    }

    private void rowsAndHeads(List<Change> through) throws SQLException {
        Script script = new Script();
        statements(script, through, Write.Stage.ROW);
        List<Long> tenants =
                through.stream()
                        .filter(c -> !c.events().isEmpty())
                        .map(Change::tenant)
                        .distinct()
                        .sorted()
                        .toList();
        if (!tenants.isEmpty()) {
            script.add(sequencer.lockHeads(), List.of(tenants), this::readHeads);
        }
        if (!script.isEmpty()) {
            script.run(connection);
        }
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

    private void tails(List<Change> through) throws SQLException {
        List<Commit.Place> log = new ArrayList<>();
        for (Change change : through) {
            for (Change.Draft draft : change.events()) {
                Commit.Place place = next(change.tenant(), draft);
                log.add(place);
                places.computeIfAbsent(change.id(), id -> new ArrayList<>()).add(place);
            }
        }
        if (log.isEmpty()) {
            return;
        }
        Script script = new Script();
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
        script.run(connection);
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

    /** Some guards of these changes accepted, others did not. */
    static final class PartlyAccepted extends RuntimeException {
        private static final long serialVersionUID = 1L;
        private final transient Set<UUID> changes;

        PartlyAccepted(Set<UUID> changes) {
            super("partly accepted", null, false, false);
            this.changes = changes;
        }

        Set<UUID> changes() {
            return changes;
        }
    }
}
