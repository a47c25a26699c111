package io.oqim.payment;

import io.oqim.event.EventBody;
import io.oqim.store.Change;
import io.oqim.store.Row;
import io.oqim.store.TypeId;
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

    /** A person has looked at a payment; the event is about the operation that opened it. */
    static Change decided(Open opening, Payment payment, Then then) {
        Change.Draft told =
                EventBody.draft(
                        "payment." + payment.review().orElseThrow().text(),
                        payment.id(),
                        opening.operation().id(),
                        PaymentJson.bytes(payment));
        return PaymentChanges.goesOn(opening.tenant(), payment, then, List.of(told));
    }
}
