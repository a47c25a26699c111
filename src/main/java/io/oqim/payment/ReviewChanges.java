package io.oqim.payment;

import io.oqim.event.EventBody;
import io.oqim.http.Json;
import io.oqim.store.Change;
import io.oqim.store.Row;
import io.oqim.store.TypeId;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** Changes of payments in review. */
final class ReviewChanges {
    private ReviewChanges() {}

    /** A rule wants a person to look at it: before anything leaves, it is only to be authorized. */
    static Change held(Open open) {
        UUID change = TypeId.next();
        Operation operation = open.operation();
        return new Change(
                change,
                open.tenant(),
                open.payment().id(),
                List.of(
                        PaymentRows.update(change, open.tenant(), open.payment()),
                        Row.of(
                                PaymentWrites.OPERATION_HELD,
                                open.tenant() + "/" + operation.id(),
                                open.tenant(),
                                operation.id(),
                                operation.kind().text())),
                List.of());
    }

    /**
     * A person has looked at a payment; who and why is kept with the evidence. The event is about
     * the operation that opened it.
     */
    static Change decided(Open opening, Payment payment, Then then, Reviews.Word word) {
        Change.Draft told =
                EventBody.draft(
                        "payment." + word.review().text(),
                        payment.id(),
                        opening.operation().id(),
                        PaymentJson.bytes(payment));
        Change change = PaymentChanges.goesOn(opening.tenant(), payment, then, List.of(told));
        List<Row> rows = new ArrayList<>(change.rows());
        rows.add(PaymentRows.evidence(opening, json(word)));
        return new Change(change.id(), change.tenant(), change.subject(), rows, change.events());
    }

    private static byte[] json(Reviews.Word word) {
        return Json.bytes(
                out -> {
                    out.writeStartObject();
                    out.write("review", word.review().text());
                    Json.optional(out, "by", word.by());
                    Json.optional(out, "reason", word.reason());
                    out.writeEnd();
                });
    }
}
