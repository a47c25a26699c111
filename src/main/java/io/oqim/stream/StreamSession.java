package io.oqim.stream;

import io.oqim.event.EventLog;
import io.oqim.http.Json;
import io.oqim.http.JsonFields;
import io.oqim.http.Refusal;
import io.oqim.store.StoreException;
import io.oqim.websocket.WebSocketConnection;
import io.oqim.websocket.WebSocketListener;
import java.nio.charset.StandardCharsets;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client on {@code /v1/stream}: says hello, learns from where it wants events, and then leaves
 * the talking to its {@link Subscription}.
 */
final class StreamSession implements WebSocketListener {
    private static final Logger LOG = LoggerFactory.getLogger(StreamSession.class);

    private final StreamParts parts;
    private final long tenant;
    private final OptionalLong after;
    private final AtomicInteger open;
    private @Nullable Subscription subscription;
    private @Nullable Thread patience;

    /**
     * @param open counts the tenant's sessions
     */
    StreamSession(StreamParts parts, long tenant, OptionalLong after, AtomicInteger open) {
        this.parts = parts;
        this.tenant = tenant;
        this.after = after;
        this.open = open;
    }

    @Override
    public void onOpen(WebSocketConnection socket) {
        LOG.atInfo().addKeyValue("tenant", tenant).addKeyValue("after", after).log("stream opened");
        if (open.incrementAndGet() > parts.config().maxConnectionsPerTenant()) {
            socket.close(StreamCodes.TOO_MANY_CONNECTIONS, "too many connections");
            return;
        }
        try {
            EventLog.Bounds bounds = parts.log().bounds(tenant);
            socket.send(Frames.hello(bounds, parts.config().heartbeat()));
        } catch (StoreException e) {
            socket.close(StreamCodes.SHUTDOWN, "temporarily unavailable");
            return;
        }
        if (after.isPresent()) {
            subscribe(socket, after.getAsLong());
        } else {
            patience =
                    Thread.ofVirtual()
                            .name("stream-patience-" + tenant)
                            .start(() -> expire(socket));
        }
    }

    @Override
    public void onText(WebSocketConnection socket, String text) {
        try {
            JsonFields frame = Json.object(text.getBytes(StandardCharsets.UTF_8));
            String type = frame.text("type", 50);
            if (!type.equals("subscribe")) {
                refuse(socket, "unknown_type", "The known frame is: subscribe.");
                return;
            }
            long from = frame.integer("after");
            frame.end();
            if (from < 0) {
                refuse(socket, "invalid_after", "after must be 0 or a sequence number.");
            } else if (subscription != null) {
                refuse(socket, "already_subscribed", "This stream has its subscription.");
            } else {
                subscribe(socket, from);
            }
        } catch (Refusal refusal) {
            String param = refusal.problem().param().map(path -> path + ": ").orElse("");
            refuse(socket, refusal.problem().code(), param + refusal.problem().detail());
        }
    }

    private void subscribe(WebSocketConnection socket, long from) {
        stopPatience();
        socket.send(Frames.subscribed(from));
        Subscription carrying = new Subscription(parts, tenant, socket, from);
        subscription = carrying;
        Thread.ofVirtual().name("stream-" + tenant).start(carrying);
    }

    private static void refuse(WebSocketConnection socket, String code, String detail) {
        socket.send(Frames.error(code, detail));
        socket.close(StreamCodes.BAD_REQUEST, code);
    }

    private void expire(WebSocketConnection socket) {
        try {
            Thread.sleep(parts.config().subscribeTimeout());
            refuse(socket, "subscribe_timeout", "No subscription came in time.");
        } catch (InterruptedException e) {
            // It came, or the socket is gone.
        }
    }

    private void stopPatience() {
        Thread waiting = patience;
        if (waiting != null) {
            waiting.interrupt();
        }
    }

    @Override
    public void onClosed(WebSocketConnection socket, int code, String reason) {
        LOG.atInfo().addKeyValue("tenant", tenant).addKeyValue("code", code).log("stream closed");
        stopPatience();
        Subscription carrying = subscription;
        if (carrying != null) {
            carrying.wake();
        }
        open.decrementAndGet();
    }
}
