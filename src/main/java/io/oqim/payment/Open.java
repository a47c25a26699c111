package io.oqim.payment;

/** An operation whose outcome is open, with all that its settling needs. */
record Open(long tenant, Payment payment, Operation operation, Attempt attempt) {}
