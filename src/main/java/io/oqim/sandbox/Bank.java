package io.oqim.sandbox;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;

/** One simulated bank: what it knows, and what it can be asked. */
final class Bank implements AutoCloseable {
    private static final Duration FIRST_CALLBACK_PAUSE = Duration.ofSeconds(1);

    private final String name;
    private final Register register;
    private final Teller teller;
    private final Callbacks callbacks;
    private final Errands errands;
    private final Disputes disputes;
    private final Responses responses;
    private final Cardholders cardholders;
    private final Settlements settlements;
    private final Payments payments;
    private final LaterCalls laterCalls;
    private final Tombstones tombstones;
    private final Strikes strikes;

    /**
     * What all banks share.
     *
     * @param directory of what they keep besides the books
     */
    record Tools(Books books, Controls controls, Errands errands, Clock clock, Path directory) {}

    /**
     * @param register as the books left it
     */
    Bank(String name, Register register, Tools tools) {
        this.name = name;
        this.register = register;
        this.teller = new Teller(name, tools.books(), register, tools.clock());
        this.callbacks = new Callbacks(name, tools.errands(), FIRST_CALLBACK_PAUSE);
        Deadlines deadlines = new Deadlines(tools.clock());
        Evidence evidence =
                Evidence.open(
                        tools.directory().resolve("evidence").resolve(name),
                        register.disputes().unanswered());
        this.disputes = new Disputes(register, teller, callbacks, evidence, deadlines);
        this.responses =
                new Responses(
                        disputes,
                        evidence,
                        deadlines,
                        teller,
                        () -> tools.controls().times().dispute());
        this.cardholders = new Cardholders(register, disputes, tools.errands(), tools.controls());
        this.errands = tools.errands();
        this.settlements =
                new Settlements(register, teller, tools.errands(), callbacks, cardholders);
        this.payments = new Payments(teller, settlements);
        this.laterCalls = new LaterCalls(register, teller, settlements);
        this.tombstones = new Tombstones(register, teller);
        this.strikes = new Strikes(name, tools.controls(), tools.clock());
    }

    String name() {
        return name;
    }

    Register register() {
        return register;
    }

    Settlements settlements() {
        return settlements;
    }

    Disputes disputes() {
        return disputes;
    }

    Responses responses() {
        return responses;
    }

    Payments payments() {
        return payments;
    }

    LaterCalls laterCalls() {
        return laterCalls;
    }

    Tombstones tombstones() {
        return tombstones;
    }

    Strikes strikes() {
        return strikes;
    }

    /** Takes up what was open when the books were closed, and goes on with it. */
    void resume() {
        settlements.scheduleAll();
        disputes.resume();
        cardholders.resume();
        boolean ignored = errands.run(Duration.ZERO, disputes::watch);
    }

    /** What a reference stands for now; a void by reference stands for one that was never used. */
    Answer enquire(String reference) {
        return teller.reading(reference, () -> standing(reference));
    }

    @Override
    public void close() {
        callbacks.close();
    }

    private Answer standing(String reference) {
        Optional<Operation> tombstone = register.voidOf(reference);
        Optional<Operation> found = register.operation(reference);
        if (found.filter(operation -> operation.isHiddenAt(teller.now())).isPresent()) {
            return Answer.NOT_FOUND;
        }
        return found.or(() -> tombstone)
                .map(operation -> standing(reference, operation, tombstone))
                .<Answer>map(Answer.Done::new)
                .orElse(Answer.NOT_FOUND);
    }

    /** The operation under its own reference; with what a void of it undid, where there was one. */
    private static Operation standing(
            String reference, Operation operation, Optional<Operation> tombstone) {
        return new Operation(
                reference,
                operation.kind(),
                operation.payment(),
                operation.amount(),
                operation.outcome(),
                operation.origin(),
                tombstone.map(Operation::undoing).orElse(operation.undoing()));
    }
}
