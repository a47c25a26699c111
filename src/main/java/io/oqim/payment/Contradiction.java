package io.oqim.payment;

import io.oqim.bank.Bank;
import io.oqim.bank.BankReply;
import io.oqim.bank.Enquiry;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks once more at an attempt that had ended without money, after its bank said that it approved
 * it. When the bank says so still, what it did is booked, and an operation of its own gives it
 * back; the payment stays as it ended.
 */
final class Contradiction {
    private static final Logger LOG = LoggerFactory.getLogger(Contradiction.class);

    private final Works works;
    private final Recovery recovery;

    Contradiction(Works works, Recovery recovery) {
        this.works = works;
        this.recovery = recovery;
    }

    /** Asks the bank how it stands now; false when it has to be asked again. */
    boolean look(Bank bank, DueStore.Due due) {
        Open open = due.open();
        return switch (recovery.enquire(bank, open)) {
            case Enquiry.Found found -> found(open, found.reply());
            // Only if it ever said that it had approved it, that is strange.
            case Enquiry.NotFound notFound ->
                    due.contradicted() ? stuck(open, "not_found") : undone(open, "not found");
            case Enquiry.NoAnswer none -> false;
            case Enquiry.Silent silent -> false;
        };
    }

    private boolean found(Open open, BankReply reply) {
        return switch (reply) {
            case BankReply.Approved approved -> approved(open, approved);
            case BankReply.Declined declined -> undone(open, reply.name());
            case BankReply.Rejected rejected -> undone(open, reply.name());
            case BankReply.Reversed reversed -> undone(open, reply.name());
            case BankReply.Pending pending -> false;
            case BankReply.NotSent notSent -> false;
            case BankReply.NotProcessed notProcessed -> false;
            case BankReply.Unknown unknown -> false;
            case BankReply.Duplicate duplicate -> false;
        };
    }

    private boolean approved(Open open, BankReply.Approved approved) {
        Optional<OperationKind> gives = givesBack(open.operation().kind());
        if (gives.isEmpty()) {
            return stuck(open, approved, "late_approval");
        }
        if (!approved.effected().equals(open.operation().amount())) {
            return stuck(open, approved, "other_amount");
        }
        LOG.atError()
                .addKeyValue("tenant", open.tenant())
                .addKeyValue("attempt", open.attempt().reference())
                .log("the bank approved it after the end; it is given back");
        return recovery.settle(
                        open,
                        now ->
                                works.settling()
                                        .late()
                                        .approvedLate(now, approved, gives.get(), Moment.now()),
                        "approved late")
                .isPresent();
    }

    /** What a bank takes back can be given back; what it gave cannot be taken again. */
    private static Optional<OperationKind> givesBack(OperationKind kind) {
        return switch (kind) {
            case AUTHORIZE -> Optional.of(OperationKind.VOID);
            case SALE, CAPTURE -> Optional.of(OperationKind.REFUND);
            case VOID, REFUND, ADJUST -> Optional.empty();
        };
    }

    /** There is no money after all. */
    private boolean undone(Open open, String said) {
        LOG.atInfo()
                .addKeyValue("tenant", open.tenant())
                .addKeyValue("attempt", open.attempt().reference())
                .log("{}: nothing is to be given back", said);
        var ignored = works.journal().commitInBackground(PaymentChanges.lookedAt(open));
        return true;
    }

    private boolean stuck(Open open, String why) {
        boolean ignored = works.due().unsettled(open, why);
        return false;
    }

    /** What the bank said is kept once. */
    private boolean stuck(Open open, BankReply.Approved approved, String why) {
        if (works.due().unsettled(open, why)) {
            works.evidence().keep(open, approved);
        }
        return false;
    }
}
