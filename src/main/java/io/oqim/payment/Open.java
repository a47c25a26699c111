package io.oqim.payment;

import io.oqim.merchant.Policy;
import java.time.Instant;

/** An operation whose outcome is open, with all that its settling needs. */
record Open(long tenant, Payment payment, Operation operation, Attempt attempt, Policy policy) {
    /** A payment that is only authorized, and captured when a person has released it. */
    Open held(Instant now) {
        Payment next =
                payment.next(payment.status(), payment.amounts(), payment.outcome(), now)
                        .reviewed(Review.PENDING);
        return new Open(tenant, next, operation.authorizing(), attempt, policy);
    }

    /** The same, of the payment as it then is. */
    Open with(Payment then) {
        return new Open(tenant, then, operation, attempt, policy);
    }

    /** As it stands once this is written. */
    Open then(Settled settled) {
        return new Open(tenant, settled.payment(), settled.operation(), settled.attempt(), policy);
    }
}
