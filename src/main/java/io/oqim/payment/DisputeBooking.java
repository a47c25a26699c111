package io.oqim.payment;

import io.oqim.bank.DisputeNews;
import io.oqim.store.Change;
import io.oqim.store.Commit;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Books what a bank tells of a dispute: how it stands, and the money if it has moved. The bank has
 * moved it already, so nothing is refused here for a rule of ours; what cannot be booked waits, and
 * a person is told.
 */
final class DisputeBooking {
    private final Works works;
    private final DisputeStore disputes;
    private final DisputeNewsStore news;

    DisputeBooking(Works works, DisputeStore disputes, DisputeNewsStore news) {
        this.works = works;
        this.disputes = disputes;
        this.news = news;
    }

    /** What came of it. */
    sealed interface Booked {
        /** It is on disk, or was before. */
        record Done() implements Booked {}

        /** It could not be booked; it may be later. */
        record Waits(String why) implements Booked {}
    }

    /** Books it once, however often it is told. Blocks until it is on disk. */
    Booked book(String bank, DisputeNews told) {
        List<Long> tenants = news.tenants(bank, told.reference());
        return tenants.size() == 1
                ? book(tenants.getFirst(), bank, told, Optional.empty())
                : new Booked.Waits("unknown_reference");
    }

    /**
     * Books what a bank says to a response, and that it has it.
     *
     * @param tenant whose dispute it is
     */
    Booked book(long tenant, String bank, DisputeNews told, UUID response) {
        return book(tenant, bank, told, Optional.of(response));
    }

    private Booked book(long tenant, String bank, DisputeNews told, Optional<UUID> response) {
        while (true) {
            Optional<Open> disputed = works.operations().named(tenant, bank, told.reference());
            if (disputed.isEmpty()) {
                return new Booked.Waits("unknown_reference");
            }
            Optional<DisputeStore.Owned> last = disputes.named(bank, told.dispute());
            if (last.isPresent() && last.get().tenant() != tenant) {
                return new Booked.Waits("another_dispute");
            }
            Optional<Dispute> known = last.map(DisputeStore.Owned::dispute);
            Optional<Change> change;
            if (known.filter(one -> one.source().seq() >= told.seq()).isPresent()) {
                change = delivered(tenant, known.get(), response);
                if (change.isEmpty()) {
                    return new Booked.Done();
                }
            } else {
                // Money that a bank takes again is another dispute: nothing is posted twice.
                Optional<Dispute> before =
                        known.filter(one -> one.taken() || !told.standing().taken());
                Optional<String> problem = problem(disputed.get(), before, told);
                if (problem.isPresent()) {
                    return new Booked.Waits(problem.get());
                }
                int round = known.map(one -> one.source().round()).orElse(0) + 1;
                change = Optional.of(change(disputed.get(), before, round, told, response));
            }
            if (works.journal().commitInBackground(change.get()) instanceof Commit.Accepted) {
                return new Booked.Done();
            }
        }
    }

    /** How it stands was told before; that the bank has the response was not. */
    private static Optional<Change> delivered(long tenant, Dispute known, Optional<UUID> response) {
        return response.filter(known::sending)
                .map(
                        id ->
                                DisputeChanges.delivered(
                                        tenant,
                                        known.heard(Dispute.Delivery.DELIVERED, "", Moment.now())));
    }

    /** Why it does not fit to what is known, as a word. */
    private Optional<String> problem(Open disputed, Optional<Dispute> before, DisputeNews told) {
        if (before.isPresent()
                && !(before.get().amount().equals(told.amount())
                        && before.get().operation().equals(disputed.operation().id()))) {
            return Optional.of("another_dispute");
        }
        if (before.isPresent() || !told.standing().taken()) {
            return Optional.empty();
        }
        Operation operation = disputed.operation();
        if (operation.status() != OperationStatus.SUCCEEDED
                || !operation.kind().debits()
                || disputed.attempt().state() != AttemptState.APPROVED) {
            return Optional.of("not_captured");
        }
        if (!told.amount().currency().equals(disputed.payment().amount().currency())) {
            return Optional.of("another_currency");
        }
        Amounts amounts = disputed.payment().amounts();
        // Read after the payment, whose version each of them changes.
        long taken = disputes.taken(disputed.tenant(), operation.payment(), operation.id());
        long most =
                Math.min(
                        operation.amount().minorUnits() - taken,
                        amounts.captured() - amounts.disputed().amount());
        return told.amount().minorUnits() > most
                ? Optional.of("exceeds_captured")
                : Optional.empty();
    }

    private Change change(
            Open disputed,
            Optional<Dispute> before,
            int round,
            DisputeNews told,
            Optional<UUID> response) {
        Instant now = Moment.now();
        Dispute after =
                before.map(dispute -> dispute.told(told, response, now))
                        .orElseGet(() -> Dispute.raised(disputed, told, round, now));
        boolean takenBefore = before.filter(Dispute::taken).isPresent();
        Open then = after.taken() == takenBefore ? disputed : moved(disputed, after, now);
        return DisputeChanges.told(
                then, new DisputeChanges.Move(before, after), works.config().ledger());
    }

    private static Open moved(Open disputed, Dispute after, Instant now) {
        Payment payment = disputed.payment();
        long amount = after.amount().minorUnits();
        return disputed.with(
                payment.next(
                        payment.status(),
                        payment.amounts().dispute(after.taken() ? amount : -amount),
                        payment.outcome(),
                        now));
    }
}
