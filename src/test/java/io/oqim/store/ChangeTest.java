package io.oqim.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** A change and what it is made of: {@link Write}, {@link Row}, {@link Change}. */
class ChangeTest {
    private static final UUID ID = new UUID(0, 1);
    private static final UUID SUBJECT = new UUID(0, 2);
    private static final Write GUARD = write(Write.Stage.GUARD);
    private static final Write ROW = write(Write.Stage.ROW);
    private static final Write TAIL = write(Write.Stage.TAIL);
    private static final Change.Draft EVENT =
            new Change.Draft(
                    ID, "payment.created", Optional.of(SUBJECT), new byte[] {1}, new byte[32]);

    @Test
    void aWriteReadsItsRowsOnce() {
        assertThatThrownBy(
                        () ->
                                new Write(
                                        "payment",
                                        Write.Stage.ROW,
                                        1,
                                        "SELECT * FROM :rows a, :rows b",
                                        "payment uuid"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("payment does not read :rows once");
    }

    @Test
    void theRowsOfAWriteHaveAnArrayForEachColumn() {
        Write write =
                new Write(
                        "payment",
                        Write.Stage.ROW,
                        1,
                        "INSERT INTO payment SELECT * FROM :rows AS u WHERE u.id IS NOT NULL",
                        "id uuid",
                        "name text");

        assertThat(write.sql())
                .isEqualTo(
                        "INSERT INTO payment SELECT * FROM (SELECT unnest(?::uuid[]) AS id,"
                                + " unnest(?::text[]) AS name) AS u WHERE u.id IS NOT NULL");
    }

    @Test
    void anInsertNamesTheColumnsOfItsRowsInTheirOrder() {
        assertThatThrownBy(
                        () ->
                                new Write(
                                        "moved",
                                        Write.Stage.ROW,
                                        1,
                                        "INSERT INTO moved (debit, credit) SELECT * FROM :rows AS u",
                                        "credit bigint",
                                        "debit bigint"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("moved inserts other columns than it has");
    }

    @Test
    void aColumnHasANameAndATypeThatTheJournalKnows() {
        assertThatThrownBy(
                        () -> new Write("p", Write.Stage.ROW, 1, "SELECT * FROM :rows u", "uuid"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("not a name and a type: 'uuid'");
        assertThatThrownBy(
                        () -> new Write("p", Write.Stage.ROW, 1, "SELECT * FROM :rows u", "a inet"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("no such type: inet");
    }

    @Test
    void aRowHasAsManyValuesAsItsWriteHasColumns() {
        assertThatThrownBy(() -> Row.of(ROW, "1/a", 1L))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("row takes 2 values, not 1");
    }

    @Test
    void aRowMayHoldNulls() {
        assertThat(Row.of(ROW, "1/a", 1L, null).values()).containsExactly(1L, null);
    }

    @Test
    void aRowKeepsItsOwnValues() {
        Object[] values = {1L, "a"};
        Row row = Row.of(ROW, "1/a", values);

        values[1] = "b";

        assertThat(row.values()).containsExactly(1L, "a");
        assertThatThrownBy(() -> row.values().set(1, "c"))
                .isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void anEmptyChangeIsRefused() {
        assertThatThrownBy(() -> new Change(ID, 1, SUBJECT, List.of(), List.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("an empty change");
    }

    @Test
    void aTailWithoutAnEventIsRefused() {
        List<Row> rows = List.of(Row.of(TAIL, "1/a", 1L, Row.EVENT_SEQ));

        assertThatThrownBy(() -> new Change(ID, 1, SUBJECT, rows, List.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("tail needs an event to follow");
    }

    @Test
    void aTailMayFollowAnEvent() {
        List<Row> rows = List.of(Row.of(TAIL, "1/a", 1L, Row.EVENT_SEQ));

        assertThat(new Change(ID, 1, SUBJECT, rows, List.of(EVENT)).rows()).isEqualTo(rows);
    }

    @Test
    void anEventAloneIsAChange() {
        assertThat(new Change(ID, 1, SUBJECT, List.of(), List.of(EVENT)).events())
                .containsExactly(EVENT);
    }

    @Test
    void guardsAreCounted() {
        List<Row> rows =
                List.of(
                        Row.of(GUARD, "1/a", 1L, "a"),
                        Row.of(ROW, "1/b", 1L, "b"),
                        Row.of(GUARD, "1/c", 1L, "c"));

        assertThat(new Change(ID, 1, SUBJECT, rows, List.of()).guards()).isEqualTo(2);
    }

    @Test
    void aChangeKeepsItsOwnRows() {
        List<Row> rows = new ArrayList<>(List.of(Row.of(ROW, "1/a", 1L, "a")));
        Change change = new Change(ID, 1, SUBJECT, rows, List.of());

        rows.clear();

        assertThat(change.rows()).hasSize(1);
    }

    @Test
    void theLastSequenceNumberIsThatOfTheLastEvent() {
        Commit.Accepted accepted = new Commit.Accepted(List.of(place(7), place(8)));

        assertThat(accepted.lastSeq()).isEqualTo(8);
        assertThat(new Commit.Accepted(List.of()).lastSeq()).isZero();
    }

    private static Commit.Place place(long seq) {
        return new Commit.Place(EVENT, 1, seq, java.time.Instant.EPOCH, new byte[32], new byte[32]);
    }

    private static Write write(Write.Stage stage) {
        return new Write(
                stage.name().toLowerCase(java.util.Locale.ROOT),
                stage,
                1,
                "SELECT * FROM :rows u",
                "a bigint",
                "b text");
    }
}
