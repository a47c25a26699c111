package io.oqim.payment;

import io.oqim.bank.Bank;
import io.oqim.bank.BankCall;
import io.oqim.bank.BankReply;
import io.oqim.store.Commit;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries out what Oqim itself began: an attempt that is planned becomes SENT on disk before its
 * first byte leaves, as everybody's does, and the same table settles what the bank says.
 */
final class OwnOperations {
    private static final Logger LOG = LoggerFactory.getLogger(OwnOperations.class);

    private final Works works;

    OwnOperations(Works works) {
        this.works = works;
    }

    /** Sends it and writes what came of it; false when it has to wait. */
    boolean carry(Bank bank, Open planned) {
        Optional<Bank.Place> place = bank.available() ? bank.reserve() : Optional.empty();
        if (place.isEmpty()) {
            return false;
        }
        Bank.Place room = place.get();
        try (room) {
            return send(bank, planned);
        }
    }

    private boolean send(Bank bank, Open planned) {
        Optional<String> name = bankReference(planned.tenant(), planned.payment().id());
        if (name.isEmpty()) {
            LOG.atError()
                    .addKeyValue("tenant", planned.tenant())
                    .addKeyValue("attempt", planned.attempt().reference())
                    .log("the bank never named the payment of an operation that is planned");
            boolean ignored = works.due().unsettled(planned, "not_given_back");
            return false;
        }
        long sendBy = System.nanoTime() + works.config().banks().sendWindow().toNanos();
        if (!(works.journal().commit(works.changes().sending(planned))
                instanceof Commit.Accepted)) {
            // Another worker's by now, or the payment has changed.
            return false;
        }
        BankCall call =
                new BankCall(
                        planned.attempt().reference(), sendBy, works.config().banks().deadline());
        conclude(planned, Sending.call(bank, planned.operation(), name.get(), call));
        return true;
    }

    private Optional<String> bankReference(long tenant, UUID payment) {
        return works.operations().bankReference(tenant, payment);
    }

    /** Over the payment as it stands: its operations take turns. */
    private void conclude(Open sent, BankReply reply) {
        boolean ignored =
                works.turns()
                        .take(
                                sent.payment().id(),
                                () -> {
                                    Optional<Open> open = works.undecided().atLast(sent);
                                    while (open.isPresent() && !settled(open.get(), reply)) {
                                        open = works.undecided().atLast(sent);
                                    }
                                    if (open.isEmpty()) {
                                        works.evidence().keep(sent, reply);
                                    }
                                    return open.isPresent();
                                });
    }

    private boolean settled(Open open, BankReply reply) {
        Settled settled = works.settling().settle(open, reply, Moment.now());
        LOG.atInfo()
                .addKeyValue("tenant", open.tenant())
                .addKeyValue("attempt", open.attempt().reference())
                .log(
                        "{} because of {}: {}",
                        open.operation().kind().text(),
                        open.operation().terms().cause().text(),
                        reply.name());
        return works.secondCommit().write(open, settled, Optional.empty(), 0).isPresent();
    }
}
