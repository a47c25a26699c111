package io.oqim.concurrent;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;

/**
 * Background work, at most one thread a tenant and some in all: a tenant that is held up holds up
 * no other. Safe for use by any number of threads.
 */
public final class PerTenant {
    private final String name;
    private final Semaphore places;
    private final Set<Long> atWork = ConcurrentHashMap.newKeySet();

    /**
     * @param name of the threads
     * @param most tenants at work at once
     */
    public PerTenant(String name, int most) {
        this.name = name;
        this.places = new Semaphore(most);
    }

    /** Tenants whose turn is not over. */
    public Long[] atWork() {
        return atWork.toArray(Long[]::new);
    }

    /**
     * Runs it on a thread of its own; false when the tenant is at work, or all places are taken.
     */
    public boolean run(long tenant, Runnable work) {
        if (!places.tryAcquire()) {
            return false;
        }
        if (!atWork.add(tenant)) {
            places.release();
            return false;
        }
        Thread.ofVirtual()
                .name(name + "-" + tenant)
                .start(
                        () -> {
                            try {
                                work.run();
                            } finally {
                                boolean ignored = atWork.remove(tenant);
                                places.release();
                            }
                        });
        return true;
    }
}
