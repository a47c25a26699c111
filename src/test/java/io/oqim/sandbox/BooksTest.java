package io.oqim.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class BooksTest {
    private static final Instant NOW = Instant.parse("2026-11-01T10:00:00.123Z");

    @TempDir Path directory;
    private final List<Row> replayed = new ArrayList<>();

    @Test
    void rowsComeBackAsTheyWereWritten() {
        List<Row> written = new ArrayList<>();
        try (Books books = open()) {
            for (Entry entry : entries()) {
                written.add(books.append("alpha", NOW, entry));
            }
        }

        open().close();

        assertThat(replayed).isEqualTo(written);
    }

    @Test
    void manyWritersLeaveNoGap() throws Exception {
        try (Books books = open()) {
            AtOnce.run(2_000, number -> books.append("alpha", NOW, sale("s" + number)));
        }

        open().close();

        assertThat(replayed)
                .extracting(Row::seq)
                .containsExactlyElementsOf(LongStream.rangeClosed(1, 2_000).boxed().toList());
        assertThat(replayed)
                .extracting(row -> ((Movement) row.entry()).operation().reference())
                .doesNotHaveDuplicates();
    }

    @Test
    void journalFindsEveryPlaceInALongFile() {
        try (Books books = open()) {
            for (int i = 1; i <= 600; i++) {
                books.append(i % 2 == 0 ? "alpha" : "beta", NOW, sale("s" + i));
            }

            for (long seq : new long[] {1, 256, 257, 258, 512, 513, 600}) {
                assertThat(books.journal().row(seq).getString("reference")).isEqualTo("s" + seq);
            }
            assertThat(books.journal().after(590, 100, "beta").rows())
                    .extracting(row -> row.getInt("seq"))
                    .containsExactly(591, 593, 595, 597, 599);
        }
    }

    @Test
    void tornLineIsCutAndItsNumberUsedAgain() throws IOException {
        try (Books books = open()) {
            books.append("alpha", NOW, sale("s1"));
            books.append("alpha", NOW, sale("s2"));
        }
        byte[] whole = Files.readAllBytes(file());
        int firstLine = new String(whole, StandardCharsets.UTF_8).indexOf('\n') + 1;

        for (int length = firstLine; length < whole.length; length += 20) {
            Files.write(file(), Arrays.copyOf(whole, length));
            replayed.clear();
            try (Books books = open()) {
                assertThat(replayed).hasSize(1);
                assertThat(books.append("alpha", NOW, sale("s3")).seq()).isEqualTo(2);
            }
        }
    }

    @Test
    void damagedLineInTheMiddleIsNoTornLine() throws IOException {
        try (Books books = open()) {
            books.append("alpha", NOW, sale("s1"));
            books.append("alpha", NOW, sale("s2"));
        }
        Files.writeString(file(), Files.readString(file()).replaceFirst("debit", "debt!"));

        assertThatThrownBy(this::open)
                .isInstanceOf(UncheckedIOException.class)
                .hasRootCauseMessage(file() + " is damaged at byte 0");
    }

    @Test
    void missingLineIsNoticed() throws IOException {
        try (Books books = open()) {
            books.append("alpha", NOW, sale("s1"));
            books.append("alpha", NOW, sale("s2"));
        }
        String text = Files.readString(file());
        Files.writeString(file(), text.substring(text.indexOf('\n') + 1));

        assertThatThrownBy(this::open).hasMessageContaining("jump from row 0 to row 2");
    }

    @Test
    void booksAreOpenedOnlyOnce() {
        try (Books books = open()) {
            assertThatThrownBy(this::open).isInstanceOf(RuntimeException.class);
            assertThat(books.append("alpha", NOW, sale("s1")).seq()).isEqualTo(1);
        }
    }

    @Test
    void closedBooksTakeNothing() {
        Books books = open();
        books.close();

        assertThatThrownBy(() -> books.append("alpha", NOW, sale("s1")))
                .isInstanceOf(IllegalStateException.class);
    }

    private Books open() {
        return Books.open(directory, replayed::add);
    }

    private Path file() {
        return directory.resolve("journal.ndjson");
    }

    private static Movement sale(String reference) {
        Origin origin = new Origin("424242", "4242", null, null, true);
        Operation operation =
                new Operation(
                        reference,
                        OperationKind.SALE,
                        "b1",
                        new Amount(100, "UZS"),
                        Outcome.approved(),
                        origin,
                        null);
        return new Movement(operation, Effect.DEBIT, 100, null);
    }

    private static List<Entry> entries() {
        Plan plan = new Plan(NOW, Decline.DO_NOT_HONOR, true);
        Operation sale = sale("s1").operation();
        LaterOrder adjust =
                new LaterOrder(OperationKind.ADJUST, "b1", "j\"1", new Amount(5_000, "UZS"));
        Operation tombstone =
                new Operation(
                        "t1",
                        OperationKind.VOID,
                        "b2",
                        Amount.NOTHING,
                        new Outcome(Status.VOIDED, null, null, null, null),
                        null,
                        new Undoing("never", true));
        return List.of(
                sale("s1"),
                Movement.nothing(sale.with(Outcome.open(Status.PENDING, plan)), "0075"),
                Movement.nothing(sale.with(Outcome.declined(Decline.EXPIRED_CARD)), null),
                Movement.nothing(sale.with(sale.outcome().hiddenUntil(NOW)), "0078"),
                new Movement(
                        Operation.later(adjust, new Amount(5_000, "UZS"), Outcome.approved()),
                        Effect.RELEASE,
                        200,
                        "delay_ms:5"),
                Movement.nothing(tombstone, null),
                change(DisputeStatus.NEEDS_RESPONSE, null),
                change(DisputeStatus.UNDER_REVIEW, new DisputeResponse("a1", null)),
                change(DisputeStatus.LOST, new DisputeResponse("a1", DisputeStatus.LOST)),
                change(DisputeStatus.WON, new DisputeResponse("a1", DisputeStatus.LOST)));
    }

    private static DisputeChange change(DisputeStatus status, DisputeResponse response) {
        Chargeback chargeback =
                new Chargeback("d1", "b1", "s1", new Amount(40, "UZS"), "fraudulent", NOW);
        return new DisputeChange(new Dispute(chargeback, status, response), "drop_after");
    }
}
