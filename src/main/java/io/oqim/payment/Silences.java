package io.oqim.payment;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** Which banks did not answer the last questions, and which of them answer again. */
final class Silences {
    /** So many questions without an answer in a row, and the bank counts as silent. */
    private static final int SILENT_BANK = 3;

    private final Set<String> backAgain = ConcurrentHashMap.newKeySet();
    private final Map<String, AtomicInteger> unanswered = new ConcurrentHashMap<>();

    /** What asks a bank tells here whether it answered. */
    void heard(String bank, boolean answered) {
        AtomicInteger silent = unanswered.computeIfAbsent(bank, name -> new AtomicInteger());
        if (!answered) {
            silent.incrementAndGet();
        } else if (silent.getAndSet(0) >= SILENT_BANK) {
            boolean ignored = backAgain.add(bank);
        }
    }

    /** Whether the bank did not answer the last question. */
    boolean silent(String bank) {
        AtomicInteger silent = unanswered.get(bank);
        return silent != null && silent.get() > 0;
    }

    /** Banks that were silent and answer again; whoever has seen to one takes it out. */
    Set<String> backAgain() {
        return backAgain;
    }
}
