package io.oqim.websocket;

import java.time.Duration;
import java.util.Iterator;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All sockets that share their {@link Settings}: counts and limits them, is their clock (one timer
 * thread for all), and says goodbye to all of them.
 */
public final class WebSockets implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(WebSockets.class);

    private final Settings settings;
    private final Semaphore free;
    private final Set<WebSocketConnection> connections = ConcurrentHashMap.newKeySet();
    private final ScheduledThreadPoolExecutor timer;
    private volatile @Nullable Supplier<Ending> farewell;

    public WebSockets(Settings settings) {
        this.settings = settings;
        free = new Semaphore(settings.maxConnections());
        timer =
                new ScheduledThreadPoolExecutor(
                        1, Thread.ofPlatform().daemon().name("websocket-timer").factory());
        timer.setRemoveOnCancelPolicy(true);
        // After close() there is no socket left that could need it.
        timer.setRejectedExecutionHandler(new ThreadPoolExecutor.DiscardPolicy());
        long tick = settings.tick().toNanos();
        var _ = timer.scheduleWithFixedDelay(this::tick, tick, tick, TimeUnit.NANOSECONDS);
    }

    /** Sockets from the accepted handshake to the return of their {@code onClosed}. */
    public int open() {
        return settings.maxConnections() - free.availablePermits();
    }

    /**
     * Refuses new sockets from now on and closes those that are open, so many at a time: clients
     * that all reconnect in the same instant would hurt whoever takes them over. Blocks for the
     * pauses, not for the answers.
     *
     * @param reason asked once for every socket, to give each another time to come back, say
     */
    public void drain(int code, Supplier<String> reason, int batchSize, Duration pause) {
        if (batchSize <= 0) {
            throw new IllegalArgumentException("batchSize must be positive: " + batchSize);
        }
        CloseCode.requireSendable(code);
        Supplier<Ending> goodbye = () -> new Ending(code, reason.get());
        farewell = goodbye;
        Iterator<WebSocketConnection> rest = connections.iterator();
        boolean paced = true;
        while (rest.hasNext()) {
            for (int i = 0; i < batchSize && rest.hasNext(); i++) {
                rest.next().close(goodbye.get());
            }
            paced = paced && rest.hasNext() && slept(pause);
        }
    }

    /**
     * Closes what is open with {@link CloseCode#GOING_AWAY}, waits for the answers for at most
     * {@link Settings#closeTimeout}, and cuts the rest off.
     */
    @Override
    public void close() {
        if (timer.isShutdown()) {
            return;
        }
        drain(CloseCode.GOING_AWAY, () -> "shutdown", Integer.MAX_VALUE, Duration.ZERO);
        if (!allGone(settings.closeTimeout())) {
            connections.forEach(WebSocketConnection::abort);
            if (!allGone(settings.closeTimeout())) {
                LOG.warn("{} WebSockets left at shutdown: their listeners do not return", open());
            }
        }
        timer.shutdownNow();
    }

    Settings settings() {
        return settings;
    }

    boolean isDraining() {
        return farewell != null;
    }

    /** Takes the place of one connection, if there is one; {@link #release} gives it back. */
    boolean reserve() {
        return free.tryAcquire();
    }

    void release() {
        free.release();
    }

    void opened(WebSocketConnection connection) {
        connections.add(connection);
        Supplier<Ending> goodbye = farewell;
        if (goodbye != null) {
            // It was accepted before and may have come too late for the round of goodbyes.
            connection.close(goodbye.get());
        }
    }

    void closed(WebSocketConnection connection) {
        connections.remove(connection);
        release();
    }

    Future<?> later(Runnable task, Duration delay) {
        return timer.schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS);
    }

    private void tick() {
        long now = System.nanoTime();
        for (WebSocketConnection connection : connections) {
            try {
                connection.tick(now);
            } catch (RuntimeException e) {
                LOG.error("a WebSocket could not be checked", e);
            }
        }
    }

    private boolean allGone(Duration atMost) {
        try {
            boolean gone =
                    free.tryAcquire(
                            settings.maxConnections(), atMost.toNanos(), TimeUnit.NANOSECONDS);
            if (gone) {
                free.release(settings.maxConnections());
            }
            return gone;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static boolean slept(Duration pause) {
        try {
            Thread.sleep(pause);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
