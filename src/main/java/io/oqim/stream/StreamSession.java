package io.oqim.stream;

import io.oqim.event.EventLog;
import io.oqim.http.Json;
import io.oqim.http.JsonFields;
import io.oqim.http.Problem;
import io.oqim.http.Refusal;
import io.oqim.store.StoreException;
import io.oqim.websocket.WebSocketConnection;
import io.oqim.websocket.WebSocketListener;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client on {@code /v1/stream}: says hello, learns what he wants, and then leaves the talking
 * to its {@link Subscription}.
 */
final class StreamSession implements WebSocketListener, Session {
    private static final Logger LOG = LoggerFactory.getLogger(StreamSession.class);

    private final StreamParts parts;
    private final Opener opener;

    /** What the address asks for already; let go of once it was heard. */
    private @Nullable Subscribe atOnce;

    private final long opened = System.nanoTime();
    private volatile @Nullable WebSocketConnection socket;
    private volatile @Nullable Subscription subscription;
    private final SocketCommands commands;

    /** When the client heard that it may say what it wants; 0 before that. */
    private volatile long greeted;

    private volatile long positionAt = opened;
    private boolean entered;

    /**
     * @param entered whether a place was taken for it; else it takes one when it is open
     * @param atOnce what the address asks for already
     */
    StreamSession(StreamParts parts, Opener opener, boolean entered, Optional<Subscribe> atOnce) {
        this.parts = parts;
        this.opener = opener;
        this.entered = entered;
        this.atOnce = atOnce.orElse(null);
        this.commands = new SocketCommands(parts, opener, new Results());
    }

    @Override
    public void onOpen(WebSocketConnection connection) {
        LOG.atInfo().addKeyValue("tenant", opener.tenant()).log("stream opened");
        entered = entered || parts.sessions().enter(opener.tenant()) == Sessions.Room.FREE;
        if (!entered) {
            connection.close(StreamCodes.TOO_MANY_CONNECTIONS, "too many connections");
            return;
        }
        socket = connection;
        parts.sessions().add(this);
        try {
            EventLog.Bounds bounds = parts.pages().bounds(opener.tenant(), connection::isOpen);
            var ignored = connection.send(Frames.hello(bounds, parts.config().heartbeat()));
            greeted = System.nanoTime();
            Subscribe first = atOnce;
            atOnce = null;
            if (first != null) {
                answered(connection, () -> subscribe(first));
            }
        } catch (InterruptedException e) {
            // It is gone already.
        }
    }

    @Override
    public void onText(WebSocketConnection connection, String text) {
        answered(
                connection,
                () -> {
                    JsonFields frame = Json.object(text.getBytes(StandardCharsets.UTF_8));
                    String type = frame.text("type", 50);
                    switch (type) {
                        case "subscribe" -> subscribe(Subscribe.read(frame));
                        case "ack" -> {
                            long seq = frame.integer("seq");
                            frame.end();
                            begun().ack(seq);
                        }
                        case "credit" -> {
                            long events = Subscribe.credit(frame.integer("events"));
                            frame.end();
                            begun().grant(events);
                        }
                        case "command" -> commands.begin(Commands.Command.read(frame));
                        default ->
                                throw new Refusal(
                                        Problem.of(
                                                400,
                                                "unknown_type",
                                                "The known frames are: subscribe, ack, credit, command."));
                    }
                });
    }

    private void subscribe(Subscribe request) {
        if (request.consumer().isPresent() && opener.actor().isEmpty()) {
            throw new Refusal(
                    Problem.of(
                            403,
                            "consumer_not_allowed",
                            "A stream that a ticket has opened cannot be a consumer."));
        }
        Subscription current = subscription;
        if (current == null) {
            current = new Subscription(parts, opener.tenant(), open());
            subscription = current;
        }
        current.subscribe(request);
    }

    private final class Results implements SocketCommands.Teller {
        @Override
        public void tell(Desk.Result result) {
            Subscription current = subscription;
            if (current == null) {
                var ignored = open().send(result.frame());
                result.handed().run();
            } else {
                current.tellResult(result);
            }
        }

        @Override
        public boolean isOpen() {
            return open().isOpen();
        }
    }

    private Subscription begun() {
        Subscription current = subscription;
        if (current == null) {
            throw new Refusal(Problem.of(409, "not_subscribed", "There is no subscription yet."));
        }
        return current;
    }

    private WebSocketConnection open() {
        WebSocketConnection connection = socket;
        if (connection == null) {
            throw new IllegalStateException("not open yet");
        }
        return connection;
    }

    /** What is refused is told, and ends the stream. */
    private static void answered(WebSocketConnection connection, Runnable work) {
        try {
            work.run();
        } catch (Refusal refusal) {
            String param = refusal.problem().param().map(path -> path + ": ").orElse("");
            refuse(connection, refusal.problem().code(), param + refusal.problem().detail());
        } catch (StoreException e) {
            connection.close(StreamCodes.SHUTDOWN, "temporarily unavailable");
        }
    }

    private static void refuse(WebSocketConnection connection, String code, String detail) {
        var ignored = connection.send(Frames.error(code, detail));
        connection.close(StreamCodes.BAD_REQUEST, code);
    }

    @Override
    public By by() {
        return opener.by();
    }

    @Override
    public void tick(long now) {
        WebSocketConnection connection = open();
        Subscription current = subscription;
        if (greeted == 0 && isOver(parts.config().subscribeTimeout(), opened, now)) {
            connection.close(StreamCodes.SHUTDOWN, "temporarily unavailable");
        }
        if (greeted != 0
                && current == null
                && isOver(parts.config().subscribeTimeout(), greeted, now)) {
            refuse(connection, "subscribe_timeout", "No subscription came in time.");
        }
        if (opener.life().isPresent() && isOver(opener.life().get(), opened, now)) {
            connection.close(StreamCodes.EXPIRED, "expired");
        }
        if (current != null && isOver(parts.config().heartbeat(), positionAt, now)) {
            positionAt = now;
            current.tellPosition();
        }
    }

    private static boolean isOver(Duration time, long since, long now) {
        return now - since > time.toNanos();
    }

    @Override
    public void revoked() {
        open().close(StreamCodes.BAD_TOKEN, "key revoked");
    }

    /** All sockets are sent away together, so many at a time. */
    @Override
    public boolean drain() {
        return false;
    }

    @Override
    public void onClosed(WebSocketConnection connection, int code, String reason) {
        LOG.atInfo()
                .addKeyValue("tenant", opener.tenant())
                .addKeyValue("code", code)
                .log("stream closed");
        parts.sessions().remove(this);
        Subscription current = subscription;
        if (current != null) {
            current.end();
        }
        if (entered) {
            parts.sessions().leave(opener.tenant());
        }
    }
}
