package io.oqim.crypto;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Platform threads for hashing and signing, as many as cores, with a bounded queue: a virtual
 * thread that computed would hold the carrier that others wait for.
 *
 * <p>The queue's room is part of admission, so admitted work is never refused here.
 */
public final class CryptoPool implements AutoCloseable {
    private final ThreadPoolExecutor pool;

    /**
     * @param threads 0 for as many as there are cores
     * @param capacity jobs that may wait
     */
    public CryptoPool(int threads, int capacity, MeterRegistry registry) {
        int size = threads == 0 ? Runtime.getRuntime().availableProcessors() : threads;
        pool =
                new ThreadPoolExecutor(
                        size,
                        size,
                        0,
                        TimeUnit.SECONDS,
                        new ArrayBlockingQueue<>(capacity),
                        Thread.ofPlatform().daemon().name("crypto-", 0).factory(),
                        new ThreadPoolExecutor.AbortPolicy());
        Gauge.builder("oqim.crypto.queued", pool, p -> p.getQueue().size())
                .description("jobs that wait for a thread of the crypto pool")
                .register(registry);
        Gauge.builder("oqim.crypto.active", pool, ThreadPoolExecutor::getActiveCount)
                .description("threads of the crypto pool at work")
                .register(registry);
    }

    /**
     * Runs work on the pool and waits for it; an interrupt is kept for later, because the work is
     * short.
     *
     * @throws CryptoPoolFull when the queue is full
     */
    public <T> T run(Callable<T> work) {
        Future<T> future;
        try {
            future = pool.submit(work);
        } catch (RejectedExecutionException e) {
            throw new CryptoPoolFull();
        }
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return future.get();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } catch (ExecutionException e) {
            throw new IllegalStateException("work on the crypto pool failed", e.getCause());
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Override
    public void close() {
        pool.shutdown();
        try {
            if (!pool.awaitTermination(Duration.ofSeconds(5).toMillis(), TimeUnit.MILLISECONDS)) {
                pool.shutdownNow();
            }
        } catch (InterruptedException e) {
            pool.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }
}
