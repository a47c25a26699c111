package io.oqim.webhook;

import io.oqim.event.Event;
import io.oqim.store.Row;
import io.oqim.store.TypeId;
import io.oqim.store.Write;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;

/** The statements by which the journal writes what becomes of deliveries. */
final class WebhookWrites {
    /**
     * The cursor moves on: only from where it is thought to be, and only by whoever has the lease.
     */
    private static final Write CURSOR =
            new Write(
                    "webhook_cursor",
                    Write.Stage.GUARD,
                    80,
                    """
                    UPDATE webhook_endpoint e SET cursor = u.cursor
                    FROM :rows AS u
                    WHERE e.tenant = u.tenant AND e.endpoint = u.endpoint AND e.fence = u.fence
                        AND e.cursor = u.expected AND e.status = 'enabled'
                    RETURNING u.change""",
                    "change uuid",
                    "tenant bigint",
                    "endpoint uuid",
                    "fence bigint",
                    "expected bigint",
                    "cursor bigint");

    private static final Write REPLAY_CURSOR =
            new Write(
                    "webhook_replay_cursor",
                    Write.Stage.GUARD,
                    81,
                    """
                    UPDATE webhook_replay r SET cursor = u.cursor
                    FROM :rows AS u
                    WHERE r.tenant = u.tenant AND r.endpoint = u.endpoint AND r.replay = u.replay
                        AND r.cursor = u.expected
                    RETURNING u.change""",
                    "change uuid",
                    "tenant bigint",
                    "endpoint uuid",
                    "replay uuid",
                    "expected bigint",
                    "cursor bigint");

    /** It sends no more; once. */
    private static final Write DISABLED =
            new Write(
                    "webhook_disabled",
                    Write.Stage.GUARD,
                    82,
                    """
                    UPDATE webhook_endpoint e SET status = 'disabled', reason = u.reason, changed_at = now(),
                        updated_at = now()
                    FROM :rows AS u
                    WHERE e.tenant = u.tenant AND e.endpoint = u.endpoint AND e.status = 'enabled'
                        AND e.url = u.url
                        AND (u.failing_ms = 0
                            OR e.failing_since <= now() - make_interval(secs => u.failing_ms / 1000.0))
                    RETURNING u.change""",
                    "change uuid",
                    "tenant bigint",
                    "endpoint uuid",
                    "url text",
                    "reason text",
                    "failing_ms bigint");

    /**
     * Something got through again, or not; of some at once, one that got through counts. Only by
     * whoever has the lease: what one says who stood still for long is of another time. Before the
     * rows of deliveries, in the order in which all others lock them.
     */
    private static final Write HEALTH =
            new Write(
                    "webhook_health",
                    Write.Stage.ROW,
                    83,
                    """
                    UPDATE webhook_endpoint e SET failures = CASE WHEN u.failed THEN e.failures + 1 ELSE 0 END,
                        failing_since = CASE WHEN u.failed THEN coalesce(e.failing_since, now()) END,
                        proven = e.proven OR NOT u.failed,
                        paused_until = greatest(e.paused_until, CASE WHEN u.pause_ms > 0
                            THEN now() + make_interval(secs => u.pause_ms / 1000.0) END)
                    FROM (SELECT tenant, endpoint, fence, bool_and(failed) AS failed, max(pause_ms) AS pause_ms
                        FROM :rows AS s GROUP BY tenant, endpoint, fence) u
                    WHERE e.tenant = u.tenant AND e.endpoint = u.endpoint AND e.fence = u.fence
                        AND (u.failed OR e.failures > 0 OR NOT e.proven)""",
                    "tenant bigint",
                    "endpoint uuid",
                    "fence bigint",
                    "failed boolean",
                    "pause_ms bigint");

    private static final Write CLAIMED =
            new Write(
                    "webhook_claimed",
                    Write.Stage.ROW,
                    84,
                    """
                    INSERT INTO webhook_delivery (tenant, endpoint, seq, event, type, payment, next_at)
                    SELECT u.tenant, u.endpoint, u.seq, u.event, u.type, u.payment, now()
                    FROM :rows AS u
                    ON CONFLICT (tenant, endpoint, seq) DO UPDATE SET attempts = 0, next_at = excluded.next_at""",
                    "tenant bigint",
                    "endpoint uuid",
                    "seq bigint",
                    "event uuid",
                    "type text",
                    "payment uuid");

    /** Unless it failed meanwhile, or was begun anew after that. */
    private static final Write DELIVERED =
            new Write(
                    "webhook_delivered",
                    Write.Stage.ROW,
                    85,
                    """
                    DELETE FROM webhook_delivery d USING :rows AS u
                    WHERE d.tenant = u.tenant AND d.endpoint = u.endpoint AND d.seq = u.seq
                        AND d.attempts = u.attempts""",
                    "tenant bigint",
                    "endpoint uuid",
                    "seq bigint",
                    "attempts integer");

    /**
     * To be tried again after a while, or never, when that is below zero; as above. What another
     * receiver said, from which the endpoint has moved away meanwhile, delays nothing.
     */
    private static final Write FAILED =
            new Write(
                    "webhook_failed",
                    Write.Stage.ROW,
                    86,
                    """
                    UPDATE webhook_delivery d SET attempts = u.attempts + 1, next_at = CASE WHEN u.after_ms >= 0
                        THEN now() + make_interval(secs => u.after_ms / 1000.0) END
                    FROM :rows AS u JOIN LATERAL (
                        SELECT e.url FROM webhook_endpoint e
                        WHERE e.tenant = u.tenant AND e.endpoint = u.endpoint FOR SHARE) e ON e.url = u.url
                    WHERE d.tenant = u.tenant AND d.endpoint = u.endpoint AND d.seq = u.seq
                        AND d.attempts = u.attempts""",
                    "tenant bigint",
                    "endpoint uuid",
                    "seq bigint",
                    "attempts integer",
                    "after_ms bigint",
                    "url text");

    private static final Write ATTEMPTED =
            new Write(
                    "webhook_attempted",
                    Write.Stage.ROW,
                    87,
                    """
                    INSERT INTO webhook_attempt (tenant, endpoint, seq, attempt, number, event, type, sent_at,
                        latency_ms, status, error, response)
                    SELECT u.tenant, u.endpoint, u.seq, u.attempt, u.number, u.event, u.type,
                        now() - make_interval(secs => u.latency_ms / 1000.0), u.latency_ms, nullif(u.status, 0),
                        nullif(u.error, ''), u.response
                    FROM :rows AS u""",
                    "tenant bigint",
                    "endpoint uuid",
                    "seq bigint",
                    "attempt uuid",
                    "number integer",
                    "event uuid",
                    "type text",
                    "latency_ms integer",
                    "status integer",
                    "error text",
                    "response bytea");

    private WebhookWrites() {}

    /** Moves the cursor from where it is thought to be. */
    static Row cursor(UUID change, Lease lease, long expected, long cursor) {
        Endpoint endpoint = lease.endpoint();
        return Row.of(
                CURSOR,
                key(endpoint),
                change,
                endpoint.tenant(),
                endpoint.id(),
                lease.fence(),
                expected,
                cursor);
    }

    static Row cursor(UUID change, Endpoint endpoint, Replay replay, long cursor) {
        return Row.of(
                REPLAY_CURSOR,
                key(endpoint),
                change,
                endpoint.tenant(),
                endpoint.id(),
                replay.id(),
                replay.cursor(),
                cursor);
    }

    /**
     * @param failingFor for how long at least it must have been failing; zero when that is not why
     */
    static Row disabled(
            UUID change, Endpoint endpoint, Endpoint.Reason reason, Duration failingFor) {
        return Row.of(
                DISABLED,
                key(endpoint),
                change,
                endpoint.tenant(),
                endpoint.id(),
                endpoint.url().toString(),
                reason.text(),
                failingFor.toMillis());
    }

    /** Due at once. */
    static Row claimed(Endpoint endpoint, Event event) {
        return Row.of(
                CLAIMED,
                key(endpoint, event),
                endpoint.tenant(),
                endpoint.id(),
                event.seq(),
                event.id(),
                event.type(),
                event.payment().orElse(null));
    }

    static Row delivered(Endpoint endpoint, Delivery delivery) {
        return Row.of(
                DELIVERED,
                key(endpoint, delivery.event()),
                endpoint.tenant(),
                endpoint.id(),
                delivery.event().seq(),
                delivery.attempts());
    }

    static Row failed(Endpoint endpoint, Delivery delivery, Optional<Duration> after) {
        return Row.of(
                FAILED,
                key(endpoint, delivery.event()),
                endpoint.tenant(),
                endpoint.id(),
                delivery.event().seq(),
                delivery.attempts(),
                after.map(Duration::toMillis).orElse(-1L),
                endpoint.url().toString());
    }

    static Row attempted(Endpoint endpoint, Delivery delivery, Outcome outcome) {
        Event event = delivery.event();
        return Row.of(
                ATTEMPTED,
                key(endpoint, event),
                endpoint.tenant(),
                endpoint.id(),
                event.seq(),
                TypeId.next(),
                delivery.attempts() + 1,
                event.id(),
                event.type(),
                (int) outcome.latency().toMillis(),
                outcome.status(),
                outcome.error(),
                outcome.response());
    }

    static Row health(Lease lease, boolean failed, Duration pause) {
        Endpoint endpoint = lease.endpoint();
        return Row.of(
                HEALTH,
                key(endpoint),
                endpoint.tenant(),
                endpoint.id(),
                lease.fence(),
                failed,
                pause.toMillis());
    }

    private static String key(Endpoint endpoint) {
        return endpoint.tenant() + "/" + endpoint.id();
    }

    private static String key(Endpoint endpoint, Event event) {
        return key(endpoint) + "/" + event.seq();
    }
}
