package io.oqim.payment;

import io.oqim.bank.BankReply;
import io.oqim.store.Commit;
import io.oqim.store.Journal;
import io.oqim.store.StoreException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps what a bank said after the payment had been settled without it. */
final class Evidence {
    private static final Logger LOG = LoggerFactory.getLogger(Evidence.class);

    private final Journal journal;
    private final OperationStore operations;

    Evidence(Journal journal, OperationStore operations) {
        this.journal = journal;
        this.operations = operations;
    }

    /** Somebody else was quicker. If money moved all the same, the resolver sees to it. */
    void keep(Open open, BankReply reply) {
        if (settledSo(open, reply)) {
            return;
        }
        var line = reply instanceof BankReply.Approved ? LOG.atError() : LOG.atWarn();
        line.addKeyValue("tenant", open.tenant())
                .addKeyValue("payment", open.payment().id())
                .log(
                        "{} came after somebody else had written of it; kept as evidence",
                        reply.name());
        try {
            Commit ignored = journal.commitInBackground(PaymentChanges.evidence(open, reply));
        } catch (RuntimeException e) {
            LOG.atError()
                    .addKeyValue("tenant", open.tenant())
                    .addKeyValue("payment", open.payment().id())
                    .setCause(e)
                    .log("evidence could not be kept");
        }
    }

    /** Whether whoever was quicker had heard the same of it. */
    private boolean settledSo(Open open, BankReply reply) {
        if (!(reply instanceof BankReply.Approved approved)
                || !approved.effected().equals(open.operation().amount())) {
            return false;
        }
        try {
            return operations
                    .named(open.tenant(), open.attempt().bank(), open.attempt().reference())
                    .map(Open::attempt)
                    .filter(attempt -> attempt.state() == AttemptState.APPROVED)
                    .filter(attempt -> attempt.ids().equals(approved.ids()))
                    .isPresent();
        } catch (StoreException e) {
            return false;
        }
    }
}
