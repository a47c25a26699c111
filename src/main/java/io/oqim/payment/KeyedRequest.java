package io.oqim.payment;

import io.oqim.merchant.Tenant;

/**
 * A request that moves money, under its idempotency key.
 *
 * @param fingerprint tells it from another request under the same key. Made on the request's own
 *     thread: one hash is shorter than the way to the crypto pool (decision 5)
 */
record KeyedRequest(Tenant tenant, String key, byte[] fingerprint) {}
