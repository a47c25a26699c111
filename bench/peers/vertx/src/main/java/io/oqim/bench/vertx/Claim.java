package io.oqim.bench.vertx;

import io.vertx.core.buffer.Buffer;

/** Of a key, by a request with this fingerprint. */
record Claim(long tenant, String key, Buffer fingerprint) {}
