package io.oqim.sandbox;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;

/** Banks that hang: their requests wait until they are thawed. */
final class Freezes {
    private final Map<String, CountDownLatch> frozen = new ConcurrentHashMap<>();

    void freeze(String bank) {
        frozen.putIfAbsent(bank, new CountDownLatch(1));
    }

    void thaw(String bank) {
        CountDownLatch gate = frozen.remove(bank);
        if (gate != null) {
            gate.countDown();
        }
    }

    void await(String bank) throws InterruptedException {
        CountDownLatch gate = frozen.get(bank);
        if (gate != null) {
            gate.await();
        }
    }

    Set<String> banks() {
        return Set.copyOf(frozen.keySet());
    }
}
