package io.oqim.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Random calls, checked against the rows alone. */
final class BankTest {
    private static final int STEPS = 400;
    private static final Strike PLAIN =
            new Strike(null, Decision.APPROVE, Fault.NONE, Duration.ZERO, false, false);

    @TempDir Path directory;
    private final List<Row> rows = new ArrayList<>();
    private final Errands errands = new Errands();
    private Books books;
    private Bank bank;

    @BeforeEach
    void open() {
        Register register = new Register();
        books = Books.open(directory, rows::add);
        Controls controls = new Controls(RunningSandbox.options(directory));
        bank =
                new Bank(
                        "alpha",
                        register,
                        new Bank.Tools(books, controls, errands, Clock.systemUTC(), directory));
    }

    @AfterEach
    void close() {
        errands.close();
        books.close();
    }

    @Test
    void randomCallsNeverExceedASumAndTheRowsTellTheSameSums() {
        String payment = pay("a0", 100_000);
        Random random = new Random(11);
        for (int i = 1; i <= STEPS; i++) {
            randomCall(random, payment, i);
            randomDispute(random, i);
            Sums sums = bank.register().payment(payment).orElseThrow().sums();
            assertThat(sums.refunded() + sums.disputed()).isBetween(0L, sums.captured());
            assertThat(sums.captured()).isBetween(0L, sums.authorized());
        }

        Sums sums = bank.register().payment(payment).orElseThrow().sums();
        books.close();
        books = Books.open(directory, rows::add);

        assertThat(sums.disputed()).isPositive();
        assertThat(moved(Effect.DEBIT)).isEqualTo(sums.captured());
        assertThat(moved(Effect.CREDIT)).isEqualTo(sums.refunded());
        assertThat(disputed()).isEqualTo(sums.disputed());
        assertThat(moved(Effect.HOLD) - moved(Effect.RELEASE)).isEqualTo(sums.authorized());
        Register replayed = replayed();
        assertThat(replayed.payment(payment).orElseThrow().sums()).isEqualTo(sums);
        assertThat(replayed.disputes().after(0, 1_000))
                .isEqualTo(bank.register().disputes().after(0, 1_000));
    }

    private void randomCall(Random random, String payment, int number) {
        OperationKind kind =
                switch (random.nextInt(10)) {
                    case 0, 1, 2, 3 -> OperationKind.CAPTURE;
                    case 4, 5, 6 -> OperationKind.REFUND;
                    case 7, 8 -> OperationKind.ADJUST;
                    default -> number > STEPS - 20 ? OperationKind.VOID : OperationKind.ADJUST;
                };
        long most = kind == OperationKind.ADJUST ? 200_000 : 20_000;
        Amount amount = new Amount(1 + random.nextLong(most), "UZS");
        LaterOrder order = new LaterOrder(kind, payment, "l" + number, amount);
        Payment found = bank.register().payment(payment).orElseThrow();
        bank.laterCalls().process(order, found, PLAIN, System.nanoTime() + 1_000_000_000L);
    }

    /** Disputes a call of before, or decides such a dispute; most of that is refused. */
    private void randomDispute(Random random, int number) {
        String reference = "l" + (1 + random.nextInt(number));
        List<Dispute> about = bank.register().disputes().about(reference);
        boolean won = random.nextBoolean();
        try {
            DisputeFeed.Item ignored =
                    about.isEmpty()
                            ? bank.disputes().raise(order(reference, 1 + random.nextLong(20_000)))
                            : bank.disputes()
                                    .decide(
                                            about.getFirst().id(),
                                            won ? DisputeStatus.WON : DisputeStatus.LOST);
        } catch (Refusal e) {
            assertThat(e.status()).isIn(409, 422);
        }
    }

    private static DisputeOrder order(String reference, long amount) {
        return new DisputeOrder(reference, amount, "duplicate", Duration.ofDays(1));
    }

    private String pay(String reference, long amount) {
        Card card = Card.of("4242424242424242", YearMonth.of(2030, 1));
        Origin origin = new Origin(card.first6(), card.last4(), null, null, false);
        PayOrder order =
                new PayOrder(reference, new Amount(amount, "UZS"), false, false, card, origin);
        Answer answer = bank.payments().pay(order, PLAIN, System.nanoTime() + 1_000_000_000L);
        return ((Answer.Done) answer).operation().payment();
    }

    private long moved(Effect effect) {
        return entries(Movement.class)
                .filter(movement -> movement.effect() == effect)
                .mapToLong(Movement::amount)
                .sum();
    }

    private long disputed() {
        return entries(DisputeChange.class).mapToLong(DisputeChange::taken).sum();
    }

    private <T extends Entry> Stream<T> entries(Class<T> kind) {
        return rows.stream().map(Row::entry).filter(kind::isInstance).map(kind::cast);
    }

    private Register replayed() {
        Register register = new Register();
        rows.forEach(register::record);
        return register;
    }
}
