package io.oqim.webhook;

import io.oqim.config.WebhooksConfig;
import io.oqim.crypto.CryptoPool;
import io.oqim.event.EventBody;
import io.oqim.store.Change;
import io.oqim.store.Commit;
import io.oqim.store.Journal;
import io.oqim.store.Row;
import io.oqim.store.TypeId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes down what became of attempts, and disables endpoints that want or take nothing any more.
 */
final class Records {
    private static final Logger LOG = LoggerFactory.getLogger(Records.class);
    private static final int TOO_MANY_REQUESTS = 429;
    private static final int UNAVAILABLE = 503;

    private final WebhooksConfig config;
    private final Journal journal;
    private final CryptoPool pool;
    private final Signer signer;
    private final Schedule schedule;

    Records(WebhooksConfig config, Journal journal, CryptoPool pool, Signer signer) {
        this.config = config;
        this.journal = journal;
        this.pool = pool;
        this.signer = signer;
        this.schedule = new Schedule(config);
    }

    /**
     * What one attempt means for what comes next.
     *
     * @param again when this event is tried again; empty for never
     * @param pause how long the receiver wants to be left alone
     * @param disabled whether the endpoint sends no more
     */
    record Verdict(Optional<Duration> again, Duration pause, boolean disabled) {}

    /**
     * Keeps an attempt. Blocks until that is on disk.
     *
     * @param lease under which it was sent
     * @param endpoint as it was when it was sent
     * @param secret the newest of the endpoint's, for its public key
     */
    Verdict keep(Lease lease, Endpoint endpoint, Delivery delivery, Outcome outcome, UUID secret) {
        List<Row> rows = new ArrayList<>();
        rows.add(WebhookWrites.attempted(endpoint, delivery, outcome));
        Optional<Duration> again = Optional.empty();
        Duration pause = Duration.ZERO;
        if (outcome.delivered()) {
            rows.add(WebhookWrites.delivered(endpoint, delivery));
        } else {
            again = schedule.next(delivery.attempts() + 1, outcome.retryAfter());
            pause = pause(outcome);
            rows.add(WebhookWrites.failed(endpoint, delivery, again));
        }
        rows.add(WebhookWrites.health(lease, !outcome.delivered(), pause));
        UUID change = TypeId.next();
        Commit ignored =
                journal.commitInBackground(
                        new Change(change, endpoint.tenant(), change, rows, List.of()));
        boolean disabled = !outcome.delivered() && disabled(endpoint, outcome, secret);
        return new Verdict(again, pause, disabled);
    }

    /** A receiver that is overloaded says when it wants to hear again, of anything. */
    private static Duration pause(Outcome outcome) {
        return outcome.status() == TOO_MANY_REQUESTS || outcome.status() == UNAVAILABLE
                ? outcome.retryAfter().orElse(Duration.ZERO)
                : Duration.ZERO;
    }

    private boolean disabled(Endpoint endpoint, Outcome outcome, UUID secret) {
        if (outcome.gone()) {
            return disable(endpoint, Endpoint.Reason.GONE, Duration.ZERO, secret);
        }
        // By this machine's clock only to save the question, which the database's clock decides.
        boolean perhaps =
                endpoint.failingSince()
                        .map(since -> Duration.between(since, Instant.now()).plusSeconds(60))
                        .filter(time -> time.compareTo(config.disableAfter()) >= 0)
                        .isPresent();
        return perhaps && disable(endpoint, Endpoint.Reason.FAILING, config.disableAfter(), secret);
    }

    /** Sends no more, because events that were to be sent are not kept any more. */
    void overtaken(Endpoint endpoint, UUID secret) {
        boolean ignored = disable(endpoint, Endpoint.Reason.OVERTAKEN, Duration.ZERO, secret);
    }

    /** True when it was enabled until now. */
    private boolean disable(
            Endpoint endpoint, Endpoint.Reason reason, Duration failingFor, UUID secret) {
        Endpoint then = endpoint.disabled(reason, Instant.now());
        String publicKey = signer.publicKey(secret);
        Change.Draft event =
                pool.run(
                        () ->
                                EventBody.draft(
                                        "webhook_endpoint.disabled",
                                        "webhook_endpoint",
                                        TypeId.text("whe", endpoint.id()),
                                        EndpointJson.bytes(then, publicKey, Optional.empty())));
        UUID change = TypeId.next();
        Commit commit =
                journal.commitInBackground(
                        new Change(
                                change,
                                endpoint.tenant(),
                                change,
                                List.of(
                                        WebhookWrites.disabled(
                                                change, endpoint, reason, failingFor)),
                                List.of(event)));
        if (commit instanceof Commit.Accepted) {
            LOG.atWarn()
                    .addKeyValue("tenant", endpoint.tenant())
                    .addKeyValue("endpoint", TypeId.text("whe", endpoint.id()))
                    .log("webhook endpoint disabled: {}", reason.text());
            return true;
        }
        return false;
    }
}
