package io.oqim.webhook;

import io.oqim.store.StoreException;
import io.oqim.store.TypeId;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Messages of an endpoint that are on their way to it, each on a thread of its own, and what
 * becomes of them.
 */
final class OnTheWay {
    private static final Logger LOG = LoggerFactory.getLogger(OnTheWay.class);
    private static final Duration MOMENT = Duration.ofMillis(200);

    /** After which a name is asked for again that nobody had time to ask for. */
    private static final Duration BUSY = Duration.ofSeconds(1);

    private final RunState state;
    private final WebhookParts parts;
    private final AtomicInteger count = new AtomicInteger();
    private final AtomicLong pausedUntil = new AtomicLong();

    OnTheWay(RunState state) {
        this.state = state;
        this.parts = state.parts();
    }

    boolean isEmpty() {
        return count.get() == 0;
    }

    /** How many more may be. */
    int free() {
        return state.health().most() - count.get();
    }

    /** The receiver asked to be left alone until then, by {@link RunState#now}. */
    long pausedUntil() {
        return pausedUntil.get();
    }

    /**
     * Sends what is due, as far as there are places; true when something was. What is marked as on
     * its way has its place already, so that it is sent at once and waits under no lease that may
     * end.
     */
    boolean send() throws InterruptedException {
        if (free() <= 0 || state.now() < state.dueAt() || state.isClosing()) {
            return false;
        }
        List<Places.Place> places =
                parts.places().take(!state.health().isTrusted(), free(), parts.config().poll());
        List<Delivery> due = List.of();
        try {
            if (!places.isEmpty()) {
                due = state.step(() -> due(places.size()));
            }
        } finally {
            places.subList(due.size(), places.size()).forEach(Places.Place::leave);
        }
        for (int i = 0; i < due.size(); i++) {
            start(due.get(i), places.get(i));
        }
        return !due.isEmpty();
    }

    private List<Delivery> due(int most) {
        state.nothingDue();
        List<Delivery> due = parts.deliveries().due(state.lease(), state.within(), most);
        if (due.size() == most) {
            state.dueIn(Duration.ZERO);
        } else {
            // Not sooner than in a moment: what is due may not be this run's to send any more.
            parts.deliveries()
                    .untilNext(state.endpoint())
                    .ifPresent(pause -> state.dueIn(due.isEmpty() ? pause.plus(MOMENT) : pause));
        }
        return due;
    }

    private void start(Delivery delivery, Places.Place place) {
        if (delivery.attempts() == 0) {
            state.tried();
        }
        long sendBy = state.now() + parts.config().lease().toNanos();
        var ignored = count.incrementAndGet();
        Thread.ofVirtual()
                .name("webhook-send-" + state.endpoint().tenant())
                .start(() -> send(delivery, place, sendBy));
    }

    /**
     * @param sendBy after which others may be sending it: it is left to them
     */
    private void send(Delivery delivery, Places.Place place, long sendBy) {
        try {
            Endpoint to = state.endpoint();
            List<UUID> signing = state.secrets();
            Outcome outcome;
            try {
                if (state.now() > sendBy) {
                    return;
                }
                outcome = parts.sender().send(message(to, delivery, signing));
            } finally {
                place.leave();
            }
            judge(to, delivery, outcome, signing.getFirst());
        } catch (Names.Busy e) {
            postpone(delivery);
        } catch (RuntimeException e) {
            // Its row is there, and comes back when nobody has said what became of it.
            LOG.atWarn()
                    .addKeyValue("tenant", state.endpoint().tenant())
                    .log("what became of a webhook is not known: {}", e.toString());
            state.dueIn(state.within());
        } finally {
            var ignored = count.decrementAndGet();
            state.bell().ring();
        }
    }

    private Sender.Message message(Endpoint to, Delivery delivery, List<UUID> signing) {
        return new Sender.Message(
                to.url(),
                TypeId.text("evt", delivery.event().id()),
                delivery.event().json(),
                signing,
                state.health().isTrusted());
    }

    /** Nothing was sent, and nothing is known of the receiver. */
    private void postpone(Delivery delivery) {
        try {
            boolean ignored =
                    state.step(
                            () -> {
                                parts.deliveries().postpone(state.endpoint(), delivery, BUSY);
                                return true;
                            });
            state.dueIn(BUSY);
        } catch (StoreException e) {
            state.dueIn(state.within());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void judge(Endpoint to, Delivery delivery, Outcome outcome, UUID secret) {
        state.health().see(outcome);
        Records.Verdict verdict =
                parts.records().keep(state.lease(), to, delivery, outcome, secret);
        if (verdict.again().isEmpty()) {
            state.ended();
        }
        verdict.again().ifPresent(state::dueIn);
        if (state.endpoint().ordered()) {
            state.dueIn(Duration.ZERO);
        }
        if (!verdict.pause().isZero()) {
            long until = state.now() + verdict.pause().toNanos();
            var ignored = pausedUntil.accumulateAndGet(until, Math::max);
        }
        if (verdict.disabled()) {
            state.close();
        }
    }

    /** Waits until none is, but not for what hangs beyond all limits. */
    void awaitNone() throws InterruptedException {
        long end = state.now() + state.within().toNanos();
        while (!isEmpty() && state.now() < end) {
            boolean ignored = state.bell().await(Duration.ofSeconds(1));
        }
    }
}
