package io.oqim.sandbox;

import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The one door to a bank's books: one caller at a time for each reference, a reference works once,
 * and nothing is told that is not durable.
 */
final class Teller {
    private final String bank;
    private final Books books;
    private final Register register;
    private final Clock clock;
    private final Locks locks = new Locks();
    private final ReentrantLock order = new ReentrantLock();

    Teller(String bank, Books books, Register register, Clock clock) {
        this.bank = bank;
        this.books = books;
        this.register = register;
        this.clock = clock;
    }

    /**
     * A caller at the door.
     *
     * @param reference the caller's own for this operation
     * @param other the reference it works on: that of the payment, or its own again
     * @param latestNanos on the monotonic clock; the bank processes nothing after that
     */
    record Claim(String reference, String other, long latestNanos) {
        boolean isLate() {
            return System.nanoTime() - latestNanos > 0;
        }
    }

    /** Processes a new reference; answers with what it stands for when it is not new. */
    Answer once(Claim claim, Supplier<Step> decide) {
        return serve(claim, () -> refusal(claim.reference()).orElseGet(decide));
    }

    /** Processes a claim that judges by itself what was there before. */
    Answer serve(Claim claim, Supplier<Step> decide) {
        return locks.holding(
                claim.reference(),
                claim.other(),
                () ->
                        switch (decide.get()) {
                            case Answer answer -> answer;
                            case Movement movement -> write(claim, movement);
                        });
    }

    /** Changes an operation that is in the books already, if there is something to change. */
    Optional<Operation> change(
            String reference, String other, Function<Operation, Optional<Movement>> decide) {
        return locks.holding(
                reference,
                other,
                () -> register.operation(reference).flatMap(decide).map(this::write));
    }

    /** Looks at what concerns a reference, while nobody changes it. */
    <T> T reading(String reference, Supplier<T> look) {
        return holding(reference, reference, look);
    }

    /** Does something while nobody changes what concerns these two. */
    <T> T holding(String reference, String other, Supplier<T> work) {
        return locks.holding(reference, other, work);
    }

    /**
     * Writes the change of a dispute; the caller holds what it concerns. One at a time in the whole
     * bank, so that the changes are known in the order in which they stand in the books.
     */
    void write(DisputeChange change) {
        order.lock();
        try {
            register.record(books.append(bank, now(), change));
        } finally {
            order.unlock();
        }
    }

    Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MILLIS);
    }

    /** Why a reference cannot be used for a new operation. */
    private Optional<Step> refusal(String reference) {
        if (register.voidOf(reference).isPresent()) {
            return Optional.of(Answer.REFERENCE_VOIDED);
        }
        return register.operation(reference).map(Answer.Duplicate::new);
    }

    private Answer write(Claim claim, Movement movement) {
        if (claim.isLate()) {
            return Answer.TOO_LATE;
        }
        if (register.isFull()) {
            return Answer.BUSY;
        }
        return new Answer.Done(write(movement));
    }

    private Operation write(Movement movement) {
        register.record(books.append(bank, now(), movement));
        return movement.operation();
    }
}
