package io.oqim.payment;

import java.time.Instant;
import java.util.UUID;

/** Since when an outcome is unknown, and by when it is promised to be settled. */
record InDoubt(Instant since, Instant resolveBy, UUID operation) {}
