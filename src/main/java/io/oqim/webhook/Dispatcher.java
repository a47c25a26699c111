package io.oqim.webhook;

import io.oqim.concurrent.Loop;
import io.oqim.concurrent.OnDemand;
import io.oqim.event.EventFeed;
import io.oqim.event.EventLog;
import io.oqim.store.Commit;
import io.oqim.store.StoreException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds endpoints that have something to send, takes their leases, and lets an {@link EndpointRun}
 * work for each. Any number of processes may do this.
 */
final class Dispatcher implements EventFeed.Listener, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Dispatcher.class);

    /** Leases that are taken by one statement. */
    private static final int LEASES = 100;

    private final WebhookParts parts;
    private final Set<EndpointRun> runs = ConcurrentHashMap.newKeySet();
    private final Map<UUID, EndpointRun> byEndpoint = new ConcurrentHashMap<>();
    private final Map<Long, Set<EndpointRun>> byTenant = new ConcurrentHashMap<>();
    private final Set<Long> hinted = ConcurrentHashMap.newKeySet();
    private final OnDemand looking = new OnDemand("webhook-look", this::look);
    private final Loop loop = new Loop("webhook-poll", this::turn);
    private volatile Set<Long> tenants = Set.of();
    private volatile boolean closing;

    Dispatcher(WebhookParts parts) {
        this.parts = parts;
    }

    void start() {
        loop.start();
    }

    @Override
    public void committed(List<Commit.Place> places) {
        places.forEach(place -> hint(place.tenant(), place.seq()));
    }

    @Override
    public void hint(long tenant, long seq) {
        if (!tenants.contains(tenant)) {
            return;
        }
        Set<EndpointRun> running = byTenant.get(tenant);
        if (running != null) {
            running.forEach(EndpointRun::wake);
        } else if (hinted.add(tenant)) {
            looking.signal();
        }
    }

    private Duration turn() {
        try {
            tenants = parts.endpoints().tenants();
            tell();
            take(Set.of());
        } catch (StoreException e) {
            LOG.warn("endpoints are looked for later: {}", e.getMessage());
        }
        return parts.config().poll();
    }

    /** What commits elsewhere is hinted by Redis; without it, this is how runs hear of it. */
    private void tell() {
        if (byTenant.isEmpty()) {
            return;
        }
        for (EventLog.Head head : parts.log().heads(byTenant.keySet())) {
            Set<EndpointRun> running = byTenant.get(head.tenant());
            if (running != null) {
                running.forEach(run -> run.reaches(head.seq()));
            }
        }
    }

    private void look() {
        Set<Long> some = Set.copyOf(hinted);
        hinted.removeAll(some);
        try {
            if (!some.isEmpty()) {
                take(some);
            }
        } catch (StoreException e) {
            // The poll finds them.
        }
    }

    private void take(Set<Long> of) {
        int most = 0;
        List<Lease> leases = List.of();
        do {
            // What is more than this process may serve is left to the others.
            most = Math.min(LEASES, parts.config().maxServed() - runs.size());
            if (closing || most <= 0) {
                return;
            }
            leases = parts.endpoints().take(of, parts.config().lease(), most);
            leases.forEach(this::run);
        } while (leases.size() == most);
    }

    private void run(Lease lease) {
        EndpointRun run = new EndpointRun(parts, lease);
        long tenant = lease.endpoint().tenant();
        UUID endpoint = lease.endpoint().id();
        runs.add(run);
        EndpointRun before = byEndpoint.put(endpoint, run);
        if (before != null) {
            // It has lost its lease, and need not find out by itself.
            before.close();
        }
        byTenant.compute(
                tenant,
                (t, existing) -> {
                    Set<EndpointRun> all =
                            existing == null ? ConcurrentHashMap.newKeySet() : existing;
                    all.add(run);
                    return all;
                });
        if (closing) {
            run.close();
        }
        Thread.ofVirtual()
                .name("webhook-" + tenant)
                .start(
                        () -> {
                            try {
                                run.run();
                            } finally {
                                boolean ignored = byEndpoint.remove(endpoint, run);
                                runs.remove(run);
                                byTenant.computeIfPresent(
                                        tenant,
                                        (t, all) -> {
                                            all.remove(run);
                                            return all.isEmpty() ? null : all;
                                        });
                            }
                        });
    }

    /** How many endpoints are being served. */
    int running() {
        return byEndpoint.size();
    }

    /** Begins nothing new. */
    void stop() {
        closing = true;
        runs.forEach(EndpointRun::close);
    }

    /** Begins nothing new, and waits for what is on its way. */
    void drain(Duration patience) {
        stop();
        loop.close();
        long end = System.nanoTime() + patience.toNanos();
        while (!runs.isEmpty() && System.nanoTime() < end) {
            try {
                Thread.sleep(Duration.ofMillis(10));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    @Override
    public void close() {
        drain(Duration.ZERO);
    }
}
