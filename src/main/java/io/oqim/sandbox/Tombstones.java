package io.oqim.sandbox;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Voids by reference: whatever a reference did is undone, and it is refused for ever after, also
 * when it has not arrived yet. That is the proof a caller needs who got no answer.
 */
final class Tombstones {
    private static final Answer.Refused OWN_REFERENCE =
            new Answer.Refused(422, "invalid_value", "A void needs a reference of its own.");
    private static final Answer.Refused NOT_REVERSIBLE =
            new Answer.Refused(
                    422,
                    "not_reversible",
                    "Only an authorization or a sale can be voided by reference.");
    private static final Answer.Refused ALREADY_CAPTURED =
            new Answer.Refused(
                    422,
                    "already_captured",
                    "The authorization has captures: void and refund instead.");

    private final Register register;
    private final Teller teller;

    Tombstones(Register register, Teller teller) {
        this.register = register;
        this.teller = teller;
    }

    /**
     * @param target the reference to undo
     * @param reference the caller's own for this void
     */
    Answer voidReference(String target, String reference, Strike strike, long latestNanos) {
        if (target.equals(reference)) {
            return OWN_REFERENCE;
        }
        Teller.Claim claim = new Teller.Claim(reference, target, latestNanos);
        return teller.serve(claim, () -> decide(target, reference, strike.name()));
    }

    private Step decide(String target, String reference, @Nullable String fault) {
        Optional<Operation> mine = register.operation(reference);
        if (mine.isPresent()) {
            Undoing undoing = mine.get().undoing();
            boolean repeated = undoing != null && undoing.reference().equals(target);
            return repeated ? new Answer.Done(mine.get()) : new Answer.Duplicate(mine.get());
        }
        if (register.voidOf(reference).isPresent()) {
            return Answer.REFERENCE_VOIDED;
        }
        Optional<Operation> earlier = register.voidOf(target);
        if (earlier.isPresent()) {
            return repeated(earlier.get(), reference, fault);
        }
        return register.operation(target)
                .map(operation -> undo(operation, reference, fault))
                .orElseGet(() -> bar(target, reference, fault));
    }

    /** Another void of the same reference: the first one's answer under a new reference. */
    private static Step repeated(Operation first, String reference, @Nullable String fault) {
        Operation again =
                new Operation(
                        reference,
                        OperationKind.VOID,
                        first.payment(),
                        first.amount(),
                        first.outcome(),
                        null,
                        first.undoing());
        return Movement.nothing(again, fault);
    }

    /** The reference was never seen: nothing to undo, and from now on nothing will be. */
    private static Step bar(String target, String reference, @Nullable String fault) {
        Undoing undoing = new Undoing(target, false);
        Operation operation =
                operation(reference, Payments.newBankReference(), Amount.NOTHING, undoing);
        return Movement.nothing(operation, fault);
    }

    private Step undo(Operation target, String reference, @Nullable String fault) {
        if (!target.kind().opensPayment()) {
            return NOT_REVERSIBLE;
        }
        Payment payment = register.payment(target.payment()).orElseThrow();
        Sums sums = payment.sums();
        boolean sale = target.kind() == OperationKind.SALE;
        if (!sale && sums.captured() + sums.openCaptures() > 0) {
            return ALREADY_CAPTURED;
        }
        long left = sale ? sums.kept() : sums.authorized();
        Undoing undoing = new Undoing(target.reference(), left > 0);
        Amount amount = left > 0 ? target.amount().of(left) : target.amount();
        Operation operation = operation(reference, target.payment(), amount, undoing);
        if (left == 0) {
            return Movement.nothing(operation, fault);
        }
        return new Movement(operation, sale ? Effect.CREDIT : Effect.RELEASE, left, fault);
    }

    private static Operation operation(
            String reference, String payment, Amount amount, Undoing undoing) {
        Outcome voided = new Outcome(Status.VOIDED, null, null, null, null);
        return new Operation(reference, OperationKind.VOID, payment, amount, voided, null, undoing);
    }
}
