package io.oqim.payment;

import io.oqim.config.LedgerConfig;
import io.oqim.event.EventBody;
import io.oqim.ledger.Ledger;
import io.oqim.ledger.Posting;
import io.oqim.store.Change;
import io.oqim.store.Row;
import io.oqim.store.TypeId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Makes changes of disputes for the journal. */
final class DisputeChanges {
    private DisputeChanges() {}

    /**
     * What becomes of a dispute.
     *
     * @param before as it was; empty when it is new
     */
    record Move(Optional<Dispute> before, Dispute after) {
        private boolean moves() {
            return after.taken() != before.filter(Dispute::taken).isPresent();
        }

        /** What has become of the response by it. */
        private Optional<Dispute.Delivery> endsResponse() {
            Optional<Dispute.Delivery> was =
                    before.flatMap(Dispute::response).map(Dispute.Response::delivery);
            return after.response()
                    .map(Dispute.Response::delivery)
                    .filter(how -> !was.equals(Optional.of(how)));
        }

        private boolean changesStatus() {
            return before.filter(was -> was.standing() == after.standing()).isEmpty();
        }
    }

    /**
     * What a bank has told: the dispute, and the money if it has moved, in one commit.
     *
     * @param disputed the payment as it then is
     */
    static Change told(Open disputed, Move move, LedgerConfig config) {
        UUID change = TypeId.next();
        long tenant = disputed.tenant();
        Dispute after = move.after();
        List<Row> rows = new ArrayList<>();
        List<Change.Draft> events = new ArrayList<>();
        rows.add(
                move.before().isEmpty()
                        ? dispute(change, tenant, after)
                        : update(change, tenant, after));
        move.endsResponse().ifPresent(how -> events.add(event("response_" + how.text(), after)));
        if (move.changesStatus()) {
            events.add(event(Dispute.text(after.standing()), after));
        }
        if (move.moves()) {
            Payment payment = disputed.payment();
            rows.add(PaymentRows.update(change, tenant, payment));
            rows.addAll(postings(disputed, after, config));
            events.add(
                    EventBody.draft(
                            after.taken() ? "payment.charged_back" : "payment.chargeback_reversed",
                            payment.id(),
                            disputed.operation().id(),
                            PaymentJson.bytes(payment)));
        }
        return new Change(change, tenant, after.payment(), rows, events);
    }

    private static List<Row> postings(Open disputed, Dispute after, LedgerConfig config) {
        Ledger.Movement of =
                new Ledger.Movement(disputed.payment().id(), after.id(), after.source().bank());
        List<Posting> postings =
                after.taken()
                        ? Ledger.chargedBack(of, after.amount())
                        : Ledger.chargebackReversed(of, after.amount());
        Duration delay = disputed.policy().settlementDelay().orElse(config.settlementDelay());
        return Ledger.rows(disputed.tenant(), postings, delay);
    }

    /** Its deadline has passed. */
    static Change expired(long tenant, Dispute after) {
        return changed(tenant, after, List.of(event("lost", after)));
    }

    /** The bank does not take the response. */
    static Change refused(long tenant, Dispute after) {
        return changed(tenant, after, List.of(event("response_refused", after)));
    }

    /** The merchant has responded; the bank is to be told. */
    static Change responded(long tenant, Dispute after) {
        return changed(tenant, after, List.of(event("responded", after)));
    }

    /** The bank has the response, and has said before how it stands. */
    static Change delivered(long tenant, Dispute after) {
        return changed(tenant, after, List.of(event("response_delivered", after)));
    }

    /** A file is whole. */
    static Change filed(long tenant, Dispute after, DisputeFile file) {
        UUID change = TypeId.next();
        return new Change(
                change,
                tenant,
                after.payment(),
                List.of(
                        update(change, tenant, after),
                        Row.of(
                                DisputeWrites.FILE,
                                tenant + "/" + file.id(),
                                tenant,
                                file.id(),
                                file.dispute(),
                                file.name(),
                                file.type().media(),
                                file.size(),
                                file.parts(),
                                file.sha256(),
                                file.created())),
                List.of());
    }

    /** A part of a file that is coming. */
    static Change part(long tenant, UUID file, int number, byte[] data) {
        return new Change(
                TypeId.next(),
                tenant,
                file,
                List.of(
                        Row.of(
                                DisputeWrites.PART,
                                tenant + "/" + file + "/" + number,
                                tenant,
                                file,
                                number,
                                data)),
                List.of());
    }

    private static Change changed(long tenant, Dispute after, List<Change.Draft> events) {
        UUID change = TypeId.next();
        return new Change(
                change, tenant, after.payment(), List.of(update(change, tenant, after)), events);
    }

    private static Change.Draft event(String what, Dispute dispute) {
        return EventBody.draft(
                "dispute." + what,
                dispute.payment(),
                dispute.operation(),
                "\"dispute\":\"" + TypeId.text("dsp", dispute.id()) + "\",",
                DisputeJson.forEvents(dispute));
    }

    private static Row dispute(UUID change, long tenant, Dispute d) {
        return Row.of(
                DisputeWrites.DISPUTE,
                tenant + "/" + d.id(),
                change,
                tenant,
                d.id(),
                d.payment(),
                d.operation(),
                d.source().bank(),
                d.source().dispute(),
                d.source().round(),
                d.source().seq(),
                Dispute.text(d.standing()),
                d.amount().minorUnits(),
                d.amount().currencyCode(),
                d.reason(),
                d.respondBy(),
                d.created(),
                d.updated(),
                d.version());
    }

    private static Row update(UUID change, long tenant, Dispute d) {
        return Row.of(
                DisputeWrites.DISPUTE_UPDATE,
                tenant + "/" + d.id(),
                change,
                tenant,
                d.id(),
                d.version(),
                d.source().seq(),
                Dispute.text(d.standing()),
                d.expired(),
                d.reason(),
                d.respondBy(),
                PaymentRows.orNull(d.response().map(DisputeJson::column)),
                d.sending(),
                d.updated());
    }
}
