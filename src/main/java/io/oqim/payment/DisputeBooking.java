package io.oqim.payment;

import io.oqim.bank.DisputeNews;
import io.oqim.store.ChangeFailed;
import io.oqim.store.Commit;
import io.oqim.store.TypeId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

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
        if (tenants.size() != 1) {
            return new Booked.Waits("unknown_reference");
        }
        long tenant = tenants.getFirst();
        while (true) {
            Optional<Open> disputed = works.operations().named(tenant, bank, told.reference());
            if (disputed.isEmpty()) {
                return new Booked.Waits("unknown_reference");
            }
            Optional<Dispute> before = disputes.named(tenant, bank, told.dispute());
            if (before.isPresent() && before.get().source().seq() >= told.seq()) {
                return new Booked.Done();
            }
            Optional<String> problem = problem(disputed.get(), before, told);
            if (problem.isPresent()) {
                return new Booked.Waits(problem.get());
            }
            if (written(disputed.get(), before, told)) {
                return new Booked.Done();
            }
        }
    }

    /** Why it does not fit to what is known, as a word. */
    private static Optional<String> problem(
            Open disputed, Optional<Dispute> before, DisputeNews told) {
        if (before.isPresent()
                && !(before.get().amount().equals(told.amount())
                        && before.get().operation().equals(disputed.operation().id()))) {
            return Optional.of("another_dispute");
        }
        // Money that a bank takes a second time is another dispute: nothing is posted twice.
        if (before.isPresent() && !before.get().taken() && told.standing().taken()) {
            return Optional.of("won_already");
        }
        if (disputed.operation().status() != OperationStatus.SUCCEEDED
                || !disputed.operation().kind().debits()) {
            return Optional.of("not_captured");
        }
        if (!told.amount().currency().equals(disputed.payment().amount().currency())) {
            return Optional.of("another_currency");
        }
        Amounts amounts = disputed.payment().amounts();
        boolean takes = before.isEmpty() && told.standing().taken();
        return takes
                        && told.amount().minorUnits()
                                > amounts.captured() - amounts.disputed().amount()
                ? Optional.of("exceeds_captured")
                : Optional.empty();
    }

    /** False when somebody else has changed the payment or the dispute. */
    private boolean written(Open disputed, Optional<Dispute> before, DisputeNews told) {
        Instant now = Moment.now();
        Dispute after =
                before.map(dispute -> dispute.told(told, now))
                        .orElseGet(() -> Dispute.raised(TypeId.next(), disputed, told, now));
        boolean takenBefore = before.filter(Dispute::taken).isPresent();
        Open then = after.taken() == takenBefore ? disputed : moved(disputed, after, now);
        try {
            Commit.Decided commit =
                    works.journal()
                            .commitInBackground(
                                    DisputeChanges.told(
                                            then,
                                            before.orElse(after),
                                            after,
                                            works.config().ledger()));
            return commit instanceof Commit.Accepted;
        } catch (ChangeFailed e) {
            throw new IllegalStateException("a rule of the database refuses a dispute", e);
        }
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
