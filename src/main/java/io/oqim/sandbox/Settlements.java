package io.oqim.sandbox;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Brings open operations to their end: pending ones in time, challenged ones by the cardholder. */
final class Settlements {
    private final Register register;
    private final Teller teller;
    private final Errands errands;
    private final Callbacks callbacks;
    private final Cardholders cardholders;

    Settlements(
            Register register,
            Teller teller,
            Errands errands,
            Callbacks callbacks,
            Cardholders cardholders) {
        this.register = register;
        this.teller = teller;
        this.errands = errands;
        this.callbacks = callbacks;
        this.cardholders = cardholders;
    }

    boolean hasRoom() {
        return errands.hasRoom();
    }

    Plan plan(Decision.Wait wait) {
        return new Plan(teller.now().plus(wait.length()), wait.verdict(), wait.callback());
    }

    Plan plan(Decision.Challenge challenge) {
        return new Plan(
                teller.now().plus(challenge.length()), Decline.AUTHENTICATION_TIMEOUT, true);
    }

    /** Does what remains to be done after an operation was answered. */
    void follow(Operation operation, Decision decision) {
        schedule(operation);
        cardholders.see(operation);
        if (decision instanceof Decision.Approve(boolean stale) && stale) {
            tell(operation, List.of(operation.status(), Status.PENDING));
        }
    }

    private void schedule(Operation operation) {
        Plan plan = operation.outcome().plan();
        if (plan != null) {
            Duration delay = Duration.between(Instant.now(), plan.due());
            errands.run(delay, () -> settle(operation.reference(), plan.verdict()));
        }
    }

    /** Takes up what was open when the books were closed. */
    void scheduleAll() {
        register.openOperations().forEach(this::schedule);
    }

    /** The cardholder's answer. Empty when nothing waits for it, or no longer. */
    Optional<Operation> answerChallenge(String bankReference, boolean approved) {
        @Nullable Decline verdict = approved ? null : Decline.AUTHENTICATION_FAILED;
        return register.payment(bankReference)
                .flatMap(payment -> register.operation(payment.reference()))
                .filter(operation -> operation.status() == Status.ACTION_REQUIRED)
                .flatMap(operation -> settle(operation.reference(), verdict));
    }

    static Effect adjusting(long difference) {
        if (difference == 0) {
            return Effect.NONE;
        }
        return difference > 0 ? Effect.HOLD : Effect.RELEASE;
    }

    private Optional<Operation> settle(String reference, @Nullable Decline verdict) {
        Optional<Operation> open =
                register.operation(reference).filter(operation -> operation.status().isOpen());
        Optional<Payment> payment = open.flatMap(o -> register.payment(o.payment()));
        if (payment.isEmpty()) {
            return Optional.empty();
        }
        Optional<Operation> settled =
                teller.change(
                        reference,
                        payment.get().reference(),
                        now -> now.status().isOpen() ? end(now, verdict) : Optional.empty());
        settled.ifPresent(cardholders::see);
        settled.filter(operation -> isTold(open.get()))
                .ifPresent(operation -> tell(operation, List.of(operation.status())));
        return settled;
    }

    private Optional<Movement> end(Operation open, @Nullable Decline verdict) {
        if (verdict != null) {
            return Optional.of(decline(open, verdict));
        }
        Sums sums = register.payment(open.payment()).orElseThrow().sums();
        long amount = open.amount().minorUnits();
        return Optional.of(
                switch (open.kind()) {
                    case AUTHORIZE -> approve(open, Effect.HOLD, amount);
                    case SALE, CAPTURE -> approve(open, Effect.DEBIT, amount);
                    case REFUND ->
                            // Its payment may have been voided by reference in the meantime.
                            amount > sums.kept()
                                    ? decline(open, Decline.PROCESSING_ERROR)
                                    : approve(open, Effect.CREDIT, amount);
                    case ADJUST -> adjust(open, amount);
                    case VOID -> throw new IllegalStateException("a void is never open: " + open);
                });
    }

    private Movement adjust(Operation open, long total) {
        Payment payment = register.payment(open.payment()).orElseThrow();
        long difference = total - payment.sums().authorized();
        if (payment.closed() || payment.sums().capturable() + difference < 0) {
            return decline(open, Decline.PROCESSING_ERROR);
        }
        return approve(open, adjusting(difference), Math.abs(difference));
    }

    private static Movement approve(Operation open, Effect effect, long amount) {
        return new Movement(settled(open, Outcome.approved()), effect, amount, null);
    }

    private static Movement decline(Operation open, Decline verdict) {
        return Movement.nothing(settled(open, Outcome.declined(verdict)), null);
    }

    private static Operation settled(Operation open, Outcome outcome) {
        Instant hiddenUntil = open.outcome().hiddenUntil();
        return open.with(hiddenUntil == null ? outcome : outcome.hiddenUntil(hiddenUntil));
    }

    private static boolean isTold(Operation open) {
        Plan plan = open.outcome().plan();
        return plan != null && plan.callback();
    }

    private void tell(Operation operation, List<Status> statuses) {
        register.payment(operation.payment())
                .map(Payment::origin)
                .ifPresent(origin -> callbacks.send(origin, operation.reference(), statuses));
    }
}
