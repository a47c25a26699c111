package io.oqim.sandbox;

import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/** A row on its way into the books, and the caller that waits for it. */
final class Waiting {
    private final String bank;
    private final Instant at;
    private final Entry entry;
    private final CountDownLatch settled = new CountDownLatch(1);
    private volatile @Nullable Row row;
    private volatile @Nullable RuntimeException failure;

    Waiting(String bank, Instant at, Entry entry) {
        this.bank = bank;
        this.at = at;
        this.entry = entry;
    }

    Row numbered(long seq) {
        return new Row(seq, at, bank, entry);
    }

    void written(Row durable) {
        row = durable;
        settled.countDown();
    }

    void failed(RuntimeException cause) {
        failure = cause;
        settled.countDown();
    }

    Row await() {
        boolean interrupted = false;
        while (true) {
            try {
                settled.await();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        Row durable = row;
        if (durable == null) {
            throw new IllegalStateException("it is unknown whether the row was written", failure);
        }
        return durable;
    }
}
