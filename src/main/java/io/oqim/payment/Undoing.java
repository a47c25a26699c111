package io.oqim.payment;

import io.oqim.bank.Bank;
import io.oqim.store.Change;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * Undoes an operation that is not decided, because the merchant does not want it any more: first on
 * our own disk, then at the bank by its reference, whatever it did there.
 */
final class Undoing {
    private final Works works;
    private final Recovery recovery;

    Undoing(Works works, Recovery recovery) {
        this.works = works;
        this.recovery = recovery;
    }

    /** Whether the payment's bank can undo by reference. */
    boolean possible(Open open) {
        return open.attempt().state() == AttemptState.NOT_SENT
                || works.banks()
                        .named(open.attempt().bank())
                        .filter(bank -> bank.capabilities().voidByReference())
                        .isPresent();
    }

    /**
     * Writes that it is to be undone. Nothing when it was decided, or changed, meanwhile.
     *
     * @param with adds to the change
     */
    Optional<Recovery.Stands> decide(Open open, UnaryOperator<Change> with) {
        return switch (open.attempt().state()) {
            case NOT_SENT -> write(open, works.settling().canceledUnsent(open, Moment.now()), with);
            case SENT, UNKNOWN, PENDING ->
                    write(
                            open,
                            works.settling().voiding(open, WhyVoided.CANCELED, Moment.now()),
                            with);
            case PLANNED, VOIDING, APPROVED, APPROVED_LATE, DECLINED, REJECTED, REVERSED ->
                    Optional.empty();
        };
    }

    /** Tells the bank, if there is something to tell. Blocks for its answer. */
    Recovery.Stands tell(Recovery.Stands decided) {
        Optional<Bank> bank = works.banks().named(decided.open().attempt().bank());
        return decided.open().attempt().state() == AttemptState.VOIDING && bank.isPresent()
                ? recovery.told(bank.get(), decided)
                : decided;
    }

    private Optional<Recovery.Stands> write(
            Open before, Settled settled, UnaryOperator<Change> with) {
        return works.secondCommit()
                .write(before, settled, with)
                .map(written -> new Recovery.Stands(before.then(settled), written.lastSeq()));
    }
}
