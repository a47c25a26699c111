package io.oqim.websocket;

import io.helidon.common.concurrency.limits.Limit;
import io.helidon.common.task.InterruptableTask;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.spi.ServerConnection;
import io.oqim.concurrent.TimeLimit;
import java.time.Duration;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** An HTTP/1 connection that may become a WebSocket, on the same thread, until TCP is closed. */
final class UpgradableConnection implements ServerConnection, InterruptableTask<Void> {
    private static final ScopedValue<UpgradableConnection> CURRENT = ScopedValue.newInstance();

    private final ConnectionContext context;
    private volatile @Nullable ServerConnection http;
    private volatile @Nullable WebSocketConnection webSocket;
    private volatile boolean closing;

    /** No request is taken after the one at hand. */
    private volatile boolean last;

    private final Duration headWithin;

    /** All of this server that are open. */
    private final Set<UpgradableConnection> all;

    /** While the headers of a request are being read. */
    private @Nullable TimeLimit head;

    UpgradableConnection(
            ConnectionContext context,
            ServerConnection http,
            Duration headWithin,
            Set<UpgradableConnection> all) {
        this.all = all;
        this.context = context;
        this.http = http;
        this.headWithin = headWithin;
    }

    /** The connection whose request the current thread handles. */
    static UpgradableConnection current() {
        if (!CURRENT.isBound()) {
            throw new IllegalStateException("the server has no UpgradeSelector");
        }
        return CURRENT.get();
    }

    /** The first line of a request is there. */
    void headBegins() {
        head = TimeLimit.of(headWithin);
    }

    /** All headers are there. */
    void headEnds() {
        TimeLimit limit = head;
        if (limit != null) {
            limit.close();
            head = null;
        }
    }

    ConnectionContext context() {
        return context;
    }

    /** From here on, what was HTTP only has to unwind. */
    void upgrade(WebSocketConnection upgraded) {
        webSocket = upgraded;
        if (closing) {
            upgraded.close(CloseCode.GOING_AWAY, "shutdown");
        }
    }

    @Override
    public void handle(Limit limit) throws InterruptedException {
        all.add(this);
        if (last) {
            all.remove(this);
            return;
        }
        try {
            handleHttp(limit);
        } catch (CloseConnectionException e) {
            if (webSocket == null) {
                throw e;
            }
        } finally {
            headEnds();
            all.remove(this);
        }
        WebSocketConnection upgraded = webSocket;
        if (upgraded != null) {
            // An idle socket should not keep the memory of its handshake.
            http = null;
            upgraded.run();
        }
    }

    /**
     * Zero for a WebSocket: its heartbeat decides, and Helidon would cut it off without a Close.
     */
    @Override
    public Duration idleTime() {
        ServerConnection current = http;
        return webSocket != null || current == null ? Duration.ZERO : current.idleTime();
    }

    /** Closes it at once when it has no request at hand, else after that one. */
    void closeWhenIdle() {
        last = true;
        if (webSocket == null) {
            closeHttp(false);
        }
    }

    /** The server stops, or, before the upgrade, the connection has been idle for too long. */
    @Override
    public void close(boolean interrupt) {
        closing = true;
        WebSocketConnection upgraded = webSocket;
        if (upgraded == null) {
            closeHttp(interrupt);
        } else if (interrupt) {
            upgraded.abort();
        } else {
            upgraded.close(CloseCode.GOING_AWAY, "shutdown");
        }
    }

    /**
     * An interrupt would close a WebSocket without the answer to its Close; when the grace period
     * is over, the server interrupts it anyway.
     */
    @Override
    public boolean canInterrupt() {
        return webSocket == null
                && http instanceof InterruptableTask<?> task
                && task.canInterrupt();
    }

    private void handleHttp(Limit limit) throws InterruptedException {
        ServerConnection current = Objects.requireNonNull(http, "handled once");
        ScopedValue.where(CURRENT, this)
                .call(
                        () -> {
                            current.handle(limit);
                            return current;
                        });
    }

    private void closeHttp(boolean interrupt) {
        ServerConnection current = http;
        if (current != null) {
            current.close(interrupt);
        }
    }
}
