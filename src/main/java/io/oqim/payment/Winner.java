package io.oqim.payment;

import io.oqim.http.Problem;
import io.oqim.store.Change;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;

/** What the request that won an idempotency key came to, for those who lost it. */
final class Winner {
    private static final Duration LOOK_AGAIN = Duration.ofMillis(50);

    private final Works works;
    private final long tenant;
    private final Prepared prepared;

    Winner(Works works, long tenant, Prepared prepared) {
        this.works = works;
        this.tenant = tenant;
        this.prepared = prepared;
    }

    /** How a loser goes on. */
    sealed interface Way {}

    /** With this answer. */
    record Found(Answer answer) implements Way {}

    /** With the same payment, because it was proved that no byte of it left. */
    record Continue(Open open, Change change) implements Way {}

    /** Waits for the winner, wherever he is. */
    Way answer(Duration patience) {
        long end = System.nanoTime() + patience.toNanos();
        while (true) {
            Optional<IdempotencyStore.Claim> found = works.claims().find(tenant, prepared.key());
            if (found.isPresent()) {
                IdempotencyStore.Claim claim = found.get();
                Optional<Way> way = look(claim);
                if (way.isPresent()) {
                    return way.get();
                }
            }
            if (System.nanoTime() - end >= 0 || !rest()) {
                return new Found(new Answer.Refused(inUse()));
            }
        }
    }

    private Optional<Way> look(IdempotencyStore.Claim claim) {
        if (!MessageDigest.isEqual(claim.fingerprint(), prepared.fingerprint())) {
            return Optional.of(new Found(new Answer.Refused(reused())));
        }
        if (claim.stored().isPresent()) {
            IdempotencyStore.Stored stored = claim.stored().get();
            return Optional.of(
                    new Found(
                            new Answer.Given(
                                    stored.status(),
                                    stored.body(),
                                    stored.eventSeq(),
                                    claim.payment(),
                                    true)));
        }
        if (claim.reopened()) {
            return works.operations()
                    .latest(tenant, claim.operation())
                    .filter(open -> open.attempt().state() == AttemptState.NOT_SENT)
                    .map(this::again);
        }
        // Its process is gone, or late beyond all measure: the resolver finishes it.
        return claim.abandoned()
                ? Optional.of(new Found(settledAnswer(claim.payment())))
                : Optional.empty();
    }

    private Way again(Open before) {
        Payment payment =
                before.payment()
                        .next(
                                PaymentStatus.PROCESSING,
                                before.payment().amounts(),
                                Payment.Outcome.NOTHING,
                                Moment.now());
        Attempt attempt =
                Attempt.numbered(
                        before.operation().id(),
                        before.attempt().number() + 1,
                        before.attempt().bank());
        Open open = new Open(tenant, payment, before.operation(), attempt);
        return new Continue(open, works.changes().again(open, before.attempt(), prepared.key()));
    }

    /** The stored answer, or the payment as it stands. */
    Answer settledAnswer(UUID payment) {
        Optional<IdempotencyStore.Stored> stored =
                works.claims().find(tenant, prepared.key()).flatMap(IdempotencyStore.Claim::stored);
        if (stored.isPresent()) {
            return new Answer.Given(
                    stored.get().status(),
                    stored.get().body(),
                    stored.get().eventSeq(),
                    payment,
                    true);
        }
        Payment now = works.payments().find(tenant, payment).orElseThrow();
        return new Answer.Given(202, PaymentJson.bytes(now), 0, payment, true);
    }

    static Problem inUse() {
        return Problem.conflict(
                        "idempotency_key_in_use", "A request with this key is still at work.")
                .retryAfter(Driver.RETRY);
    }

    static Problem reused() {
        return Problem.refused(
                "idempotency_key_reused",
                "Idempotency-Key",
                "This key was used for another request; use a new key for a new payment.");
    }

    private static boolean rest() {
        try {
            Thread.sleep(LOOK_AGAIN);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
