package io.oqim.payment;

import io.oqim.concurrent.Loop;
import io.oqim.concurrent.PerTenant;
import io.oqim.config.ExpiryConfig;
import io.oqim.money.Money;
import io.oqim.store.Commit;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sees to it that what was authorized and not captured in time is released at the bank. It only
 * begins the void; {@link OwnOperations} carries it out. Any number of workers may do this: the
 * payment's version lets one of them begin.
 */
final class Expiry implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Expiry.class);

    private final Works works;
    private final ExpiryConfig config;
    private final PerTenant tenants;
    private final Loop loop = new Loop("expiry", this::turn);

    Expiry(Works works) {
        this.works = works;
        this.config = works.config().expiry();
        this.tenants = new PerTenant("expiry", config.tenantsAtOnce());
    }

    void start() {
        loop.start();
    }

    private Duration turn() {
        try {
            List<PaymentStore.Overdue> overdue =
                    works.payments().overdue(tenants.atWork(), config.batch());
            overdue.stream()
                    .collect(Collectors.groupingBy(PaymentStore.Overdue::tenant))
                    .forEach(
                            (tenant, some) -> {
                                boolean ignored = tenants.run(tenant, () -> begin(some));
                            });
        } catch (RuntimeException e) {
            LOG.warn("authorizations could not be expired this time: {}", e.toString());
        }
        return config.poll();
    }

    private void begin(List<PaymentStore.Overdue> some) {
        for (PaymentStore.Overdue one : some) {
            if (loop.closing()) {
                return;
            }
            try {
                begin(one);
            } catch (RuntimeException e) {
                LOG.atWarn()
                        .addKeyValue("tenant", one.tenant())
                        .addKeyValue("payment", one.payment().id())
                        .log("an authorization could not be expired this time: {}", e.toString());
            }
        }
    }

    private void begin(PaymentStore.Overdue overdue) {
        Payment payment = overdue.payment();
        if (!(Lifecycle.decide(payment, new Modification.Cancel())
                instanceof Lifecycle.Decision.Reserved reserved)) {
            return;
        }
        Payment kept =
                payment.next(payment.status(), reserved.amounts(), payment.outcome(), Moment.now());
        Money rest = new Money(reserved.extent().amount(), payment.amount().currency());
        // Refused when somebody else changed it: it is looked at again.
        Commit ignored =
                works.journal()
                        .commitInBackground(
                                PaymentChanges.begin(
                                        overdue.tenant(),
                                        kept,
                                        new Then.Begins(OperationKind.VOID, rest, Cause.EXPIRY)));
    }

    @Override
    public void close() {
        loop.close();
    }
}
