package io.oqim.sandbox;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Cardholders who dispute, some time after it, what they were debited: certain cards do. */
final class Cardholders {
    private static final Logger LOG = LoggerFactory.getLogger(Cardholders.class);

    private final Register register;
    private final Disputes disputes;
    private final Errands errands;
    private final Controls controls;

    Cardholders(Register register, Disputes disputes, Errands errands, Controls controls) {
        this.register = register;
        this.disputes = disputes;
        this.errands = errands;
        this.controls = controls;
    }

    /** Lets the cardholder see an operation, as it stands. */
    void see(Operation operation) {
        if (operation.isDebit() && isDisputed(operation)) {
            // Should there be too many errands, it is disputed after a restart.
            boolean ignored =
                    errands.run(controls.times().dispute(), () -> dispute(operation.reference()));
        }
    }

    /** Shows them again what they may not have disputed before the books were closed. */
    void resume() {
        register.debits().forEach(this::see);
    }

    private boolean isDisputed(Operation operation) {
        boolean disputes =
                register.payment(operation.payment())
                        .map(Payment::origin)
                        .filter(Origin::disputed)
                        .isPresent();
        return disputes && register.disputes().about(operation.reference()).isEmpty();
    }

    private void dispute(String reference) {
        if (!register.disputes().about(reference).isEmpty()) {
            return;
        }
        try {
            DisputeFeed.Item ignored = disputes.raise(DisputeOrder.fraudulent(reference));
        } catch (Refusal e) {
            // It was voided or refunded in the meantime: there is nothing left to dispute.
            LOG.info("{} is not disputed: {}", reference, e.getMessage());
        }
    }
}
