package io.oqim.chaos;

import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;

/** Shares out requests to the gateways that say that they are ready; looks twice a second. */
final class Balancer implements Shops.Gate, AutoCloseable {
    private static final Duration LOOK = Duration.ofMillis(500);

    private final List<Node> gateways;
    private final Set<Node> unready = ConcurrentHashMap.newKeySet();
    private volatile boolean over;

    Balancer(List<Node> gateways) {
        this.gateways = gateways;
        gateways.forEach(gateway -> Thread.ofVirtual().start(() -> watch(gateway)));
    }

    private void watch(Node gateway) {
        while (!over) {
            if (gateway.ready()) {
                unready.remove(gateway);
            } else {
                unready.add(gateway);
            }
            LockSupport.parkNanos(LOOK.toNanos());
        }
    }

    @Override
    public Node next(Random random) {
        List<Node> ready = gateways.stream().filter(gateway -> !unready.contains(gateway)).toList();
        List<Node> some = ready.isEmpty() ? gateways : ready;
        return some.get(random.nextInt(some.size()));
    }

    @Override
    public void close() {
        over = true;
    }
}
