package io.oqim.sandbox;

import java.time.Instant;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Takes money back for cardholders, and decides whether the merchant gets it again.
 *
 * <p>What disputes keep and what is refunded never exceeds what was debited.
 */
final class Disputes {
    private static final int UNPROCESSABLE = 422;
    private static final int ID_LENGTH = 20;

    private final Register register;
    private final Teller teller;
    private final Callbacks callbacks;
    private final Evidence evidence;
    private final Deadlines deadlines;

    Disputes(
            Register register,
            Teller teller,
            Callbacks callbacks,
            Evidence evidence,
            Deadlines deadlines) {
        this.register = register;
        this.teller = teller;
        this.callbacks = callbacks;
        this.evidence = evidence;
        this.deadlines = deadlines;
    }

    /** Takes the money back at once, as banks do, and asks the caller what it says to that. */
    DisputeFeed.Item raise(DisputeOrder order) {
        Operation found = debit(order.reference());
        String opened = register.payment(found.payment()).orElseThrow().reference();
        return teller.holding(order.reference(), opened, () -> take(order));
    }

    /** What the bank decides by itself, or is made to decide. */
    DisputeFeed.Item decide(String dispute, DisputeStatus outcome) {
        return holding(
                dispute,
                now -> {
                    DisputeStatus status = now.dispute().status();
                    if (!status.mayBecome(outcome)) {
                        throw closed("A dispute that is " + status.wire() + " stays as it is.");
                    }
                    return write(now.dispute().with(outcome), null);
                });
    }

    /** Decides what nobody answered in time, and what the evidence has decided already. */
    void settle(String dispute) {
        DisputeFeed.Item ignored =
                holding(
                        dispute,
                        now -> {
                            DisputeStatus next = due(now.dispute());
                            return next == null ? now : write(now.dispute().with(next), null);
                        });
    }

    /** Waits for what is due, until it is interrupted. */
    void watch() throws InterruptedException {
        deadlines.watch(this::settle);
    }

    /** Takes up what was open when the books were closed. */
    void resume() {
        for (Dispute dispute : register.disputes().all()) {
            if (dispute.status() == DisputeStatus.NEEDS_RESPONSE) {
                deadlines.add(dispute.id(), dispute.chargeback().respondBy());
            } else if (due(dispute) != null) {
                deadlines.add(dispute.id(), teller.now());
            }
        }
    }

    /** Works on a dispute while nobody else changes it, or its payment. */
    <T> T holding(String dispute, Function<DisputeFeed.Item, T> work) {
        DisputeFeed disputes = register.disputes();
        DisputeFeed.Item found =
                disputes.find(dispute)
                        .orElseThrow(
                                () ->
                                        new Refusal(
                                                404,
                                                "dispute_not_found",
                                                "The bank has no such dispute.",
                                                null));
        String payment = found.dispute().chargeback().payment();
        String opened = register.payment(payment).orElseThrow().reference();
        return teller.holding(
                dispute, opened, () -> work.apply(disputes.find(dispute).orElseThrow()));
    }

    /** Writes down how a dispute stands now, and does what follows; the caller holds its lock. */
    DisputeFeed.Item write(Dispute dispute, @Nullable String fault) {
        teller.write(new DisputeChange(dispute, fault));
        if (dispute.status() != DisputeStatus.NEEDS_RESPONSE) {
            evidence.forget(dispute.id());
        }
        register.payment(dispute.chargeback().payment())
                .map(Payment::origin)
                .ifPresent(origin -> callbacks.send(origin, dispute));
        return register.disputes().find(dispute.id()).orElseThrow();
    }

    static Refusal closed(String text) {
        return new Refusal(409, "dispute_closed", text, null);
    }

    private DisputeFeed.Item take(DisputeOrder order) {
        Operation debit = debit(order.reference());
        long left = left(debit);
        Long wanted = order.amount();
        long amount = wanted == null ? left : wanted;
        if (amount <= 0 || amount > left) {
            throw new Refusal(
                    UNPROCESSABLE,
                    Answer.AMOUNT_EXCEEDED.code(),
                    "Of that operation, " + left + " is left.",
                    "amount");
        }
        if (register.disputes().isFull()) {
            throw Refusal.of(Answer.BUSY);
        }
        Instant respondBy = teller.now().plus(order.respondWithin());
        Chargeback chargeback =
                new Chargeback(
                        newId(),
                        debit.payment(),
                        debit.reference(),
                        debit.amount().of(amount),
                        order.reason(),
                        respondBy);
        DisputeFeed.Item raised =
                write(new Dispute(chargeback, DisputeStatus.NEEDS_RESPONSE, null), null);
        deadlines.add(chargeback.dispute(), respondBy);
        return raised;
    }

    private Operation debit(String reference) {
        return register.operation(reference)
                .filter(Operation::isDebit)
                .orElseThrow(
                        () ->
                                new Refusal(
                                        UNPROCESSABLE,
                                        "not_debited",
                                        "The reference is no sale or capture that was approved.",
                                        "reference"));
    }

    /** What of a debit neither a refund nor another dispute has taken. */
    private long left(Operation debit) {
        long kept =
                register.disputes().about(debit.reference()).stream()
                        .mapToLong(Dispute::keeps)
                        .sum();
        Sums sums = register.payment(debit.payment()).orElseThrow().sums();
        return Math.min(debit.amount().minorUnits() - kept, sums.refundable());
    }

    private @Nullable DisputeStatus due(Dispute dispute) {
        DisputeResponse response = dispute.response();
        return switch (dispute.status()) {
            case NEEDS_RESPONSE -> dispute.takesAnswersAt(teller.now()) ? null : DisputeStatus.LOST;
            case UNDER_REVIEW -> response == null ? null : response.verdict();
            case WON, LOST, ACCEPTED -> null;
        };
    }

    private static String newId() {
        String digits = UUID.randomUUID().toString().replace("-", "");
        return "d" + digits.substring(0, ID_LENGTH);
    }
}
