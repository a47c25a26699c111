package io.oqim.payment;

import io.oqim.crypto.Hashes;
import io.oqim.merchant.Tenant;

/**
 * A request for a payment under its idempotency key.
 *
 * @param fingerprint tells it from another request under the same key
 */
record KeyedRequest(Tenant tenant, String key, CreatePayment payment, byte[] fingerprint) {
    /** Hashes here and now: one hash is shorter than the way to the crypto pool (decision 5). */
    static KeyedRequest of(Tenant tenant, String key, CreatePayment payment, Hashes hashes) {
        return new KeyedRequest(
                tenant, key, payment, hashes.fingerprint(CreatePaymentJson.canonical(payment)));
    }
}
