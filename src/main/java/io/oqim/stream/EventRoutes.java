package io.oqim.stream;

import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.oqim.event.EventLog;
import io.oqim.http.Problem;
import io.oqim.http.Queries;
import io.oqim.http.Refusal;
import io.oqim.http.Resource;
import io.oqim.merchant.Authentication;
import io.oqim.merchant.KeyScope;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** {@code GET /v1/events}, at once or as a long poll, and {@code GET /v1/events/stream} (SSE). */
public final class EventRoutes implements HttpService {
    private static final List<String> PAGE =
            List.of("after", "after_hash", "epoch", "types", "payment", "limit", "wait");
    private static final List<String> STREAM =
            List.of("after", "after_hash", "epoch", "types", "payment");
    private static final List<String> EXPORT =
            List.of("after", "after_hash", "epoch", "types", "payment");
    private static final HeaderName LAST_EVENT_ID = HeaderNames.create("Last-Event-ID");
    private static final int LIMIT = 20;
    private static final int LIMIT_MOST = 100;

    private final StreamParts parts;
    private final Openers openers;
    private final Authentication authentication;

    EventRoutes(StreamParts parts, Openers openers, Authentication authentication) {
        this.parts = parts;
        this.openers = openers;
        this.authentication = authentication;
    }

    @Override
    public void routing(HttpRules rules) {
        Resource.at(rules, "/v1/events").get(this::page).done();
        Resource.at(rules, "/v1/events/stream").get(this::stream).done();
        Resource.at(rules, "/v1/events/export").get(this::export).done();
    }

    private void page(ServerRequest request, ServerResponse response) {
        Session.Opener opener = opener(request);
        Queries queries = Queries.of(request, PAGE);
        Poll.Question question =
                new Poll.Question(
                        start(queries, Optional.empty()),
                        StreamQueries.filter(queries),
                        (int) queries.integer("limit", 1, LIMIT_MOST).orElse(LIMIT),
                        Duration.ofSeconds(
                                queries.integer("wait", 0, parts.config().maxWait().toSeconds())
                                        .orElse(0)));
        // One that is waited for is a stream, and takes the place of one.
        boolean waits = question.patience().isPositive();
        if (waits) {
            openers.enter(opener.tenant());
        } else {
            openers.enterPage(opener.tenant());
        }
        Poll poll = new Poll(parts, opener);
        try {
            byte[] body = list(answered(opener, poll, question));
            response.header(HeaderNames.CONTENT_TYPE, "application/json")
                    .header(HeaderNames.CONTENT_LENGTH, Integer.toString(body.length));
            try (OutputStream out = response.outputStream()) {
                poll.write(body, out);
            }
        } catch (ResyncRequired e) {
            throw resync(e);
        } catch (IOException | UncheckedIOException e) {
            throw new CloseConnectionException("the reader has left, or was too slow", e);
        } finally {
            poll.end();
            if (waits) {
                parts.sessions().leave(opener.tenant());
            } else {
                parts.sessions().pages().leave(opener.tenant());
            }
        }
    }

    private Poll.Page answered(Session.Opener opener, Poll poll, Poll.Question question)
            throws ResyncRequired {
        try {
            Poll.Page page = poll.page(question);
            if (poll.isOver() && page.entries().isEmpty()) {
                // If it is the key that is not good any more, this says so.
                var ignored = opener.actor().map(actor -> actor.apply(KeyScope.READ));
                throw new Refusal(
                        Problem.busy(
                                "shutting_down",
                                "The process is about to stop; ask again.",
                                parts.config().drainPause().plusSeconds(1)));
            }
            return page;
        } catch (InterruptedException e) {
            throw unavailable();
        }
    }

    private static Refusal unavailable() {
        return new Refusal(
                Problem.busy(
                        "temporarily_unavailable",
                        "Not available: the database. Try again.",
                        Duration.ofSeconds(1)));
    }

    /** A list whose entries have the very bytes that all other transports send. */
    private static byte[] list(Poll.Page page) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(1024);
        out.writeBytes("{\"object\":\"list\",\"data\":[".getBytes(StandardCharsets.US_ASCII));
        boolean first = true;
        for (Entry entry : page.entries()) {
            if (!first) {
                out.write(',');
            }
            first = false;
            out.writeBytes(entry.json());
        }
        String end = "],\"has_more\":" + page.more() + ",\"next_after\":" + page.next() + "}";
        out.writeBytes(end.getBytes(StandardCharsets.US_ASCII));
        return out.toByteArray();
    }

    private void stream(ServerRequest request, ServerResponse response) {
        Queries queries = Queries.of(request, STREAM);
        Session.Opener opener = opener(request);
        Cursor.Start start = start(queries, request.headers().first(LAST_EVENT_ID));
        var filter = StreamQueries.filter(queries);
        openers.enter(opener.tenant());
        SseSession session = new SseSession(parts, opener, filter);
        try {
            EventLog.Bounds bounds = session.start(start);
            response.header(HeaderNames.CONTENT_TYPE, "text/event-stream")
                    .header(HeaderNames.CACHE_CONTROL, "no-store")
                    // Proxies that gather answers would hold back what happens now.
                    .header("X-Accel-Buffering", "no");
            try (OutputStream out = response.outputStream()) {
                session.run(bounds, out);
            }
        } catch (ResyncRequired e) {
            throw resync(e);
        } catch (InterruptedException e) {
            throw unavailable();
        } catch (IOException | UncheckedIOException e) {
            throw new CloseConnectionException("the reader has left, or was too slow", e);
        } finally {
            session.end();
            parts.sessions().leave(opener.tenant());
        }
    }

    private void export(ServerRequest request, ServerResponse response) {
        Queries queries = Queries.of(request, EXPORT);
        Session.Opener opener = opener(request);
        Cursor.Start start = start(queries, Optional.empty());
        var filter = StreamQueries.filter(queries);
        openers.enter(opener.tenant());
        ExportSession session = new ExportSession(parts, opener);
        try {
            long head = session.start(start);
            response.header(HeaderNames.CONTENT_TYPE, "application/x-ndjson");
            OutputStream out = response.outputStream();
            session.run(head, filter, out);
            // Only a whole answer gets its end; one that is cut off lacks it, and the reader sees
            // that.
            out.close();
        } catch (ResyncRequired e) {
            throw resync(e);
        } catch (InterruptedException e) {
            throw unavailable();
        } catch (IOException | UncheckedIOException e) {
            throw new CloseConnectionException("the reader has left, or was too slow", e);
        } finally {
            session.end();
            parts.sessions().leave(opener.tenant());
        }
    }

    private Session.Opener opener(ServerRequest request) {
        return openers.byKey(authentication.enter(request, KeyScope.READ));
    }

    private static Cursor.Start start(Queries queries, Optional<String> lastEventId) {
        Subscribe asked = StreamQueries.asked(queries);
        long after =
                lastEventId.isPresent() ? lastEventId(lastEventId.get()) : asked.after().orElse(0);
        // The hash in the address is that of the number in the address.
        return new Cursor.Start(
                after, lastEventId.isPresent() ? Optional.empty() : asked.hash(), asked.epoch());
    }

    private static long lastEventId(String text) {
        if (!text.matches("\\d{1,18}")) {
            throw new Refusal(
                    Problem.malformed(
                            "invalid_header",
                            "Last-Event-ID",
                            "It must be the sequence number of an event."));
        }
        return Long.parseLong(text);
    }

    private static Refusal resync(ResyncRequired e) {
        return new Refusal(
                Problem.conflict(
                                "resync_required",
                                "The log has no such place, or is another one. It begins at oldest and ends at head.")
                        .with("oldest", e.bounds().oldest())
                        .with("head", e.bounds().head())
                        .with("epoch", e.bounds().epoch()));
    }
}
