package io.oqim;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.oqim.concurrent.Loop;
import io.oqim.payment.PaymentRoom;
import io.oqim.store.StoreException;
import io.oqim.webhook.WebhookRoom;
import java.time.Duration;
import java.util.function.ToDoubleFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is left to do, as the database has it: each worker counts it now and then, and all tell the
 * same, so that whoever watches takes the largest.
 */
final class Backlog implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Backlog.class);

    private final PaymentRoom payments;
    private final WebhookRoom webhooks;
    private final Duration every;
    private final MeterRegistry registry;
    private final Loop loop = new Loop("backlog", this::turn);
    private volatile Counted last = new Counted(PaymentRoom.Backlog.NONE, 0);

    private record Counted(PaymentRoom.Backlog payments, long webhooks) {}

    Backlog(PaymentRoom payments, WebhookRoom webhooks, Duration every, MeterRegistry registry) {
        this.payments = payments;
        this.webhooks = webhooks;
        this.every = every;
        this.registry = registry;
    }

    void start() {
        gauge("due", "questions to banks that are due, up to 10,000", c -> c.payments().due());
        gauge(
                "doubt.seconds",
                "age of the oldest outcome that is not known",
                c -> c.payments().doubtSeconds());
        gauge("unsettled", "operations that wait for a person", c -> c.payments().unsettled());
        gauge(
                "disputes",
                "changes of disputes that could not be booked, up to 10,000",
                c -> c.payments().unbooked());
        gauge(
                "disputes.unread.seconds",
                "how long ago all that a bank had to tell of disputes was last read",
                c -> c.payments().unreadSeconds());
        gauge(
                "disputes.unsent",
                "responses to disputes that no bank took in a few tries, or that were left lying, up to 10,000",
                c -> c.payments().unsent());
        gauge("webhooks", "webhook messages that are due, up to 10,000", Counted::webhooks);
        loop.start();
    }

    private void gauge(String name, String description, ToDoubleFunction<Counted> value) {
        Gauge.builder("oqim.backlog." + name, this, b -> value.applyAsDouble(b.last))
                .description(description)
                .register(registry);
    }

    private Duration turn() {
        try {
            last = new Counted(payments.backlog(), webhooks.overdue());
        } catch (StoreException e) {
            LOG.debug("the backlog could not be counted: {}", e.getMessage());
        }
        return every;
    }

    @Override
    public void close() {
        loop.close();
    }
}
