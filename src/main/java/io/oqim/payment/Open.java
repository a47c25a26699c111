package io.oqim.payment;

import io.oqim.merchant.Policy;

/** An operation whose outcome is open, with all that its settling needs. */
record Open(long tenant, Payment payment, Operation operation, Attempt attempt, Policy policy) {
    /** As it stands once this is written. */
    Open then(Settled settled) {
        return new Open(tenant, settled.payment(), settled.operation(), settled.attempt(), policy);
    }
}
