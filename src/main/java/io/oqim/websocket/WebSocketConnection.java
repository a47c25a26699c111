package io.oqim.websocket;

import java.time.Duration;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One open WebSocket. Any thread may send and close; none of it blocks but {@link #awaitSent}. The
 * connection's own thread, Helidon's, reads and calls the {@link WebSocketListener}.
 */
public final class WebSocketConnection {
    private static final Logger LOG = LoggerFactory.getLogger(WebSocketConnection.class);

    /** Enough for frames a peer sent right behind its Close, which would reset the connection. */
    private static final Duration LINGER = Duration.ofMillis(20);

    private final Wire wire;
    private final WebSockets sockets;
    private final WebSocketListener listener;
    private final FrameReader reader;
    private final Outbox outbox;
    private final Heartbeat heartbeat;

    WebSocketConnection(Wire wire, WebSockets sockets, WebSocketListener listener) {
        this.wire = wire;
        this.sockets = sockets;
        this.listener = listener;
        Settings settings = sockets.settings();
        reader = new FrameReader(wire, settings.maxMessageBytes());
        outbox = new Outbox(wire, settings);
        heartbeat = new Heartbeat(settings.heartbeat(), settings.pongTimeout(), System.nanoTime());
    }

    /**
     * Queues a frame and returns at once.
     *
     * @return false if the connection is ending. A full queue makes it end: what waits is dropped,
     *     and the Close with {@link CloseCode#SLOW_CONSUMER} is the next and last frame
     */
    public boolean send(OutboundMessage message) {
        return outbox.offer(message);
    }

    /** Pings ahead of what is queued. Silent peers are pinged anyway; see {@link Settings}. */
    public void ping() {
        outbox.ping();
    }

    /**
     * Sends a Close after what is queued and returns at once; only the first call counts. TCP is
     * closed when the peer has answered, or after {@link Settings#closeTimeout}.
     *
     * @param reason cut to the 123 bytes of UTF-8 that fit
     */
    public void close(int code, String reason) {
        CloseCode.requireSendable(code);
        close(new Ending(code, reason));
    }

    /** Whether frames are still accepted. */
    public boolean isOpen() {
        return outbox.ending() == null;
    }

    /**
     * Blocks until all that is queued has been written, so that a sender with much to say need not
     * overrun the queue.
     *
     * @return false if it took longer or the connection was lost
     */
    public boolean awaitSent(Duration timeout) throws InterruptedException {
        return outbox.awaitWritten(timeout);
    }

    /** The life of the connection; returns when it is over and TCP is closed. */
    void run() {
        try {
            sockets.opened(this);
            converse();
        } finally {
            end();
        }
    }

    void close(Ending ending) {
        outbox.close(ending);
    }

    /** Called by the shared timer; must not block. */
    void tick(long now) {
        if (outbox.isWriteOverdue(now)) {
            outbox.closeNow(new Ending(CloseCode.SLOW_CONSUMER, "write blocked"));
            abort();
        } else if (outbox.isCloseOverdue(now)) {
            abort();
        } else {
            switch (heartbeat.check(now)) {
                case FINE -> {}
                case PING -> outbox.ping();
                case LOST -> outbox.closeNow(new Ending(CloseCode.NO_PONG, "no pong"));
            }
        }
    }

    /** Ends without a handshake; must not block. */
    void abort() {
        outbox.stop();
        wire.abort();
    }

    private void converse() {
        try {
            tell(() -> listener.onOpen(this));
            Ending farewell = receive();
            if (farewell != null) {
                outbox.close(farewell);
                awaitClosing(LINGER);
            }
        } catch (ProtocolException e) {
            outbox.close(e.ending());
            awaitClosing(sockets.settings().drainTime());
        } catch (RuntimeException | Error e) {
            LOG.error("listener of a WebSocket failed", e);
            outbox.close(new Ending(CloseCode.INTERNAL_ERROR, "internal error"));
            awaitClosing(sockets.settings().drainTime());
        }
    }

    /** Reads until the peer's Close, which is returned, or until the stream ends. */
    private @Nullable Ending receive() {
        while (true) {
            Inbound inbound = reader.next();
            heartbeat.heard(System.nanoTime());
            switch (inbound) {
                case Inbound.Text(String text) -> message(() -> listener.onText(this, text));
                case Inbound.Binary(byte[] payload) ->
                        message(() -> listener.onBinary(this, payload));
                case Inbound.Ping(byte[] payload) -> outbox.pong(payload);
                case Inbound.Pong(byte[] payload) -> tell(() -> listener.onPong(this, payload));
                case Inbound.Close(Ending ending) -> {
                    return ending;
                }
                case Inbound.Disconnected() -> {
                    return null;
                }
            }
        }
    }

    /** Section 1.4: what comes in after our Close is of no interest. */
    private void message(Runnable call) {
        if (isOpen()) {
            tell(call);
        }
    }

    private void tell(Runnable call) {
        heartbeat.busy(true);
        try {
            Aside.run(call);
        } finally {
            heartbeat.heard(System.nanoTime());
            heartbeat.busy(false);
        }
    }

    /** Lets our Close go out, then throws away what comes in until the peer has closed too. */
    private void awaitClosing(Duration atMost) {
        try {
            outbox.awaitWritten(sockets.settings().closeTimeout());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return;
        }
        Future<?> enough = sockets.later(this::abort, atMost);
        while (wire.next() != null) {
            // not looked at
        }
        enough.cancel(false);
    }

    private void end() {
        Ending ending = outbox.stop();
        if (outbox.writer() == null) {
            wire.close();
        } else {
            wire.abort();
        }
        try {
            listener.onClosed(this, ending.code(), ending.reason());
        } catch (RuntimeException e) {
            LOG.error("listener of a WebSocket failed to close", e);
        } finally {
            sockets.closed(this);
        }
    }
}
