package io.oqim.payment;

import io.oqim.ledger.Posting;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What a bank's reply made of an operation.
 *
 * @param nextCheck when the resolver asks (again); empty when nothing is open
 * @param events types, in order
 * @param status of the answer to the request; 503 means that nothing is stored under its key, and
 *     that the key is open again
 */
record Settled(
        Payment payment,
        Operation operation,
        Attempt attempt,
        Optional<Duration> nextCheck,
        List<String> events,
        List<Posting> postings,
        int status) {}
