package io.oqim.payment;

import io.oqim.bank.BankIds;
import io.oqim.bank.BankReply;
import io.oqim.ledger.Ledger;
import io.oqim.ledger.Posting;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What becomes of what a bank does after the end, or otherwise than it was asked. Pure. */
final class SettlingLate {
    private final SettlingOperation operations;

    SettlingLate(SettlingOperation operations) {
        this.operations = operations;
    }

    /**
     * The bank has approved what had ended without it. It is given back by an operation of its own,
     * and the payment's amounts do not count it; but what a late capture has used up of the
     * authorization is not held any more.
     *
     * @param gives what gives it back
     */
    Settled approvedLate(Open open, BankReply.Approved approved, OperationKind gives, Instant now) {
        Payment payment = open.payment();
        Operation operation = open.operation();
        Amounts amounts =
                operation.kind() == OperationKind.CAPTURE
                        ? payment.amounts().lose(approved.effected().minorUnits())
                        : payment.amounts();
        PaymentStatus status = SettlingOperation.ended(payment.status(), amounts);
        List<Posting> postings =
                operation.kind() == OperationKind.AUTHORIZE
                        ? List.of()
                        : List.of(
                                Ledger.approvedLate(
                                        SettlingOperation.movement(open), approved.effected()));
        return new Settled(
                payment.next(status, amounts, payment.outcome(), now),
                operation.next(operation.status(), now),
                open.attempt().next(AttemptState.APPROVED_LATE, approved.ids(), ""),
                Optional.empty(),
                status == payment.status()
                        ? List.of("payment.approved_late")
                        : List.of("payment.approved_late", "payment." + status.text()),
                postings,
                new Settled.ForKey.Answered(201),
                new Then.Begins(gives, approved.effected(), Cause.LATE_APPROVAL));
    }

    /**
     * A capture was approved for another amount, which cannot be undone by reference: it has
     * failed, and what the bank debited is given back.
     */
    Settled capturedOther(Open open, BankReply.Approved approved, Instant now) {
        Settled failed = operations.undone(open, OperationStatus.FAILED, open.attempt(), now);
        Settled late = approvedLate(open.then(failed), approved, OperationKind.REFUND, now);
        List<String> events = new ArrayList<>(failed.events());
        events.addAll(late.events());
        return late.telling(events).over(open.payment());
    }

    /**
     * The bank has done what was taken for failed, a person says so, and it stays done.
     *
     * @throws IllegalArgumentException when the amounts do not allow it any more
     */
    Settled doneAfterAll(Open open, Instant now) {
        Payment payment = open.payment();
        Operation operation = open.operation();
        // What Oqim gives back is settled by its own attempts, and what has ended stays ended.
        if (!operation.status().ended()
                || !operation.terms().cause().counts()
                || !Lifecycle.allowed(payment.status()).contains(operation.kind())) {
            throw new IllegalArgumentException(
                    operation.kind() + " of a payment that is " + payment.status());
        }
        Payment kept =
                payment.next(
                        payment.status(),
                        payment.amounts().reserveDone(operation.kind(), operation.extent()),
                        payment.outcome(),
                        now);
        return operations
                .settle(
                        new Open(open.tenant(), kept, operation, open.attempt(), open.policy()),
                        new BankReply.Approved(operation.amount(), BankIds.none()),
                        now)
                .over(payment);
    }
}
