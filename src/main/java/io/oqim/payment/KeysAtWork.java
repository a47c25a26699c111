package io.oqim.payment;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * One {@link Work} for an idempotency key in this process: who comes second waits with the first.
 */
final class KeysAtWork {
    private record Key(long tenant, String key) {
        static Key of(KeyedRequest asked) {
            return new Key(asked.tenant().id(), asked.key());
        }
    }

    private final Map<Key, Work> works = new ConcurrentHashMap<>();

    /**
     * A place among those who wait.
     *
     * @param first whether this request began the work
     */
    record Joined(Work work, boolean first) {}

    /**
     * Joins the work on a key, or begins it.
     *
     * @param begin starts new work; what it throws ends the work
     * @return empty when the key is at work for another request
     */
    Optional<Joined> join(KeyedRequest asked, Consumer<Work> begin) {
        Work mine = new Work(asked.fingerprint());
        Work first = works.putIfAbsent(Key.of(asked), mine);
        if (first != null) {
            return first.enter(asked.fingerprint())
                    ? Optional.of(new Joined(first, false))
                    : Optional.empty();
        }
        try {
            begin.accept(mine);
        } catch (RuntimeException | Error e) {
            end(asked, mine, mine.whatIsKnown());
            throw e;
        }
        return Optional.of(new Joined(mine, true));
    }

    /** The work has ended so: those who wait hear it, and the key is free in this process. */
    void end(KeyedRequest asked, Work work, Answer answer) {
        boolean ignored = works.remove(Key.of(asked), work);
        work.end(answer);
    }
}
