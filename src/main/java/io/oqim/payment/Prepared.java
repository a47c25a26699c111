package io.oqim.payment;

import io.oqim.store.Change;

/** A payment that is ready to be written: its ids are given, its hashes are made. */
record Prepared(Open open, byte[] fingerprint, Change first, CreatePayment request) {
    String key() {
        return open.operation().key().orElseThrow();
    }
}
