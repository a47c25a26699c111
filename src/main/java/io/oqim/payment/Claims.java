package io.oqim.payment;

import io.oqim.config.PaymentsConfig;
import io.oqim.event.EventFeed;
import io.oqim.http.Problem;
import io.oqim.store.Commit;
import io.oqim.store.Journal;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What an idempotency key came to, in whatever process, and what to answer under it. */
final class Claims {
    /** However fast a tenant's log grows, a row is not looked at more often than this. */
    private static final Duration SHORTEST_PAUSE = Duration.ofMillis(20);

    private static final Logger LOG = LoggerFactory.getLogger(Claims.class);

    private final ClaimStore store;
    private final OperationStore operations;
    private final Journal journal;
    private final EventFeed feed;
    private final PaymentsConfig config;
    private final Semaphore lookups;
    private final Semaphore followers;

    Claims(
            ClaimStore store,
            OperationStore operations,
            Journal journal,
            EventFeed feed,
            PaymentsConfig config) {
        this.store = store;
        this.operations = operations;
        this.journal = journal;
        this.feed = feed;
        this.config = config;
        this.lookups = new Semaphore(config.maxLookups());
        this.followers = new Semaphore(config.maxFollowing());
    }

    /** How many requests wait for another process. */
    int following() {
        return config.maxFollowing() - followers.availablePermits();
    }

    /** How a key stands for a request. */
    sealed interface Standing {
        /** Nobody ever used it. */
        record Unclaimed() implements Standing {}

        /** It was canceled before anything of it was stored. */
        record Canceled() implements Standing {}

        /** Another request used it. */
        record OtherRequest() implements Standing {}

        /** It has its answer. */
        record Answered(Answer.Given answer) implements Standing {}

        /** It was proved that no byte left; the next try goes on with this payment. */
        record Reopened(Open last) implements Standing {}

        /** Somebody works on it. */
        record AtWork() implements Standing {}

        /**
         * It has no answer that could be replayed: whoever worked on it is gone, or the answer is
         * so old that it was removed. What it asked for says how it stands.
         */
        record WithoutAnswer() implements Standing {}
    }

    Standing look(KeyedRequest asked) {
        Optional<ClaimStore.Claim> found = store.find(asked.tenant().id(), asked.key());
        if (found.isEmpty()) {
            return new Standing.Unclaimed();
        }
        ClaimStore.Claim claim = found.get();
        if (claim.barred()) {
            return new Standing.Canceled();
        }
        if (!MessageDigest.isEqual(claim.fingerprint(), asked.fingerprint())) {
            return new Standing.OtherRequest();
        }
        if (claim.stored().isPresent()) {
            return new Standing.Answered(claim.stored().get());
        }
        if (claim.reopened()) {
            return operations
                    .latest(asked.tenant().id(), claim.operation())
                    .filter(last -> last.attempt().state() == AttemptState.NOT_SENT)
                    .<Standing>map(Standing.Reopened::new)
                    .orElseGet(Standing.AtWork::new);
        }
        return claim.atWork() ? new Standing.AtWork() : new Standing.WithoutAnswer();
    }

    /**
     * A new payment is refused; a key that has its answer gets it all the same, and nobody is told
     * that nothing was sent while bytes may be at a bank.
     */
    Answer insteadOf(Problem refusal, KeyedRequest asked) {
        return bounded(
                () ->
                        switch (look(asked)) {
                            case Standing.Unclaimed unclaimed -> new Answer.Refused(refusal);
                            case Standing.Reopened reopened -> new Answer.Refused(refusal);
                            case Standing.Canceled canceled ->
                                    new Answer.Refused(Refusals.keyCanceled());
                            case Standing.OtherRequest other ->
                                    new Answer.Refused(Refusals.reused());
                            case Standing.Answered answered -> answered.answer();
                            case Standing.AtWork atWork -> new Answer.Refused(Refusals.inUse());
                            case Standing.WithoutAnswer without -> asItStands(asked);
                        });
    }

    /** Waits for what another process makes of the key, for as long as that is wanted. */
    Answer follow(KeyedRequest asked, BooleanSupplier wanted) throws InterruptedException {
        if (!followers.tryAcquire()) {
            return new Answer.Refused(Refusals.inUse());
        }
        try (EventFeed.Tail tail = feed.follow(asked.tenant().id())) {
            long head = 0;
            while (wanted.getAsBoolean()) {
                Optional<Answer> answer = outcome(asked);
                if (answer.isPresent()) {
                    return answer.get();
                }
                Thread.sleep(SHORTEST_PAUSE);
                // Its second commit writes an event; without the hint, the row is looked at anyway.
                long known = head;
                head = tail.await(head, config.followPause(), tenant -> known);
            }
            return new Answer.Refused(Refusals.inUse());
        } finally {
            followers.release();
        }
    }

    private Optional<Answer> outcome(KeyedRequest asked) {
        return switch (look(asked)) {
            case Standing.Answered answered -> Optional.of(answered.answer());
            case Standing.Canceled canceled ->
                    Optional.of(new Answer.Refused(Refusals.keyCanceled()));
            case Standing.OtherRequest other -> Optional.of(new Answer.Refused(Refusals.reused()));
            case Standing.WithoutAnswer without -> Optional.of(asItStands(asked));
            // This request gave its room back; the caller's next try goes on with the payment.
            case Standing.Reopened reopened ->
                    Optional.of(new Answer.Refused(Refusals.bankUnavailable()));
            case Standing.AtWork atWork -> Optional.empty();
            // The claim was lost, so there is one: a replica that lags would say this.
            case Standing.Unclaimed unclaimed -> Optional.empty();
        };
    }

    private Answer.Given asItStands(KeyedRequest asked) {
        return answer(asked.tenant().id(), asked.key()).orElseThrow();
    }

    /**
     * The answer stored under a key, or what it asked for as it stands; nothing when there is none.
     */
    Optional<Answer.Given> answer(long tenant, String key) {
        Optional<ClaimStore.Claim> claim = store.find(tenant, key);
        return claim.flatMap(ClaimStore.Claim::stored)
                .or(
                        () ->
                                claim.flatMap(won -> operations.latest(tenant, won.operation()))
                                        .map(open -> asItStands(open, key).asReplay()));
    }

    /** What a key is answered with that asked for this operation, or for its end. */
    static Answer.Given asItStands(Open open, String key) {
        boolean its = open.operation().key().equals(Optional.of(key));
        return new Answer.Given(
                its ? AnswerBody.status(open) : open.operation().status().ended() ? 201 : 202,
                its ? AnswerBody.of(open) : AnswerBody.withOperation(open),
                0,
                open.payment().id(),
                its
                        ? AnswerBody.location(open)
                        : AnswerBody.operationLocation(open.operation().id()),
                false);
    }

    /**
     * What is answered at the deadline is what the key answers from now on, unless the payment's
     * end got there first. A database that is away then changes nothing about what is true: the
     * caller is not kept waiting for it, and the key answers what is stored in the end.
     *
     * @param patience how long the caller can still wait
     */
    Answer.Given keep(KeyedRequest asked, Answer.Given given, Duration patience) {
        AtomicReference<Answer.Given> kept = new AtomicReference<>(given);
        // On a thread of its own: a change that is in a transaction is waited for without limit.
        Thread keeping =
                Thread.ofVirtual()
                        .name("keep-" + asked.tenant().id())
                        .start(() -> store(asked, given, patience).ifPresent(kept::set));
        try {
            boolean ignored = keeping.join(patience);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return kept.get();
    }

    private Optional<Answer.Given> store(
            KeyedRequest asked, Answer.Given given, Duration patience) {
        long tenant = asked.tenant().id();
        try {
            Commit ignored =
                    journal.commit(PaymentChanges.answered(tenant, asked.key(), given), patience);
            return answer(tenant, asked.key());
        } catch (RuntimeException e) {
            LOG.atWarn()
                    .addKeyValue("tenant", tenant)
                    .log("a 202 could not be stored under its key: {}", e.toString());
            return Optional.empty();
        }
    }

    /** Looking up takes a connection, and requests that are refused may be many. */
    private Answer bounded(Supplier<Answer> look) {
        if (!lookups.tryAcquire()) {
            return new Answer.Refused(Refusals.overloaded());
        }
        try {
            return look.get();
        } finally {
            lookups.release();
        }
    }
}
