package io.oqim.http;

import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.media.ReadableEntity;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.http.Filter;
import io.helidon.webserver.http.FilterChain;
import io.helidon.webserver.http.RoutingRequest;
import io.helidon.webserver.http.RoutingResponse;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.oqim.concurrent.TimeLimit;
import io.oqim.observe.Scope;
import io.oqim.observe.Span;
import io.oqim.observe.Tracing;
import io.oqim.store.TypeId;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What each request has: an id, a scope, time for its body, a span below its caller's if he has
 * one, and in the end a line of the log and a metric.
 */
public final class Requests implements Filter {
    private static final Logger ACCESS = LoggerFactory.getLogger("oqim.access");

    private final MeterRegistry registry;
    private final Tracing tracing;
    private final Duration bodyWithin;

    /**
     * @param bodyWithin time for the body of a request
     */
    public Requests(MeterRegistry registry, Tracing tracing, Duration bodyWithin) {
        this.registry = registry;
        this.tracing = tracing;
        this.bodyWithin = bodyWithin;
    }

    @Override
    public void filter(FilterChain chain, RoutingRequest request, RoutingResponse response) {
        AtomicBoolean broken = new AtomicBoolean();
        request.streamFilter(body -> new TimedBody(body, bodyWithin, broken));
        String id = TypeId.text("req", TypeId.next());
        Scope scope =
                new Scope(id, (name, value) -> response.header(HeaderNames.create(name), value));
        Span span =
                tracing.request(
                        // Not by its path: names must not grow by what callers invent.
                        known(request.prologue().method().text()),
                        name -> request.headers().first(HeaderNames.create(name)));
        long started = System.nanoTime();
        response.header(Server.REQUEST_ID, id);
        response.whenSent(
                () -> {
                    sent(request, response, scope, System.nanoTime() - started);
                    end(span, request, response, scope);
                });
        Seal.within(() -> scope.within(span, chain::proceed));
        // Only here: what is thrown while a problem is sent is a fault of Helidon's own, to it.
        if (broken.get()) {
            // What follows on the connection could be taken for another request.
            throw new CloseConnectionException("where the body ends is not known");
        }
        finish(request.content());
        if (request.headers().contains(HeaderValues.CONNECTION_CLOSE)) {
            // Helidon says so, but leaves the closing to the client.
            throw new CloseConnectionException("asked for by the client");
        }
    }

    private void sent(RoutingRequest request, RoutingResponse response, Scope scope, long nanos) {
        String method = request.prologue().method().text();
        int status = response.status().code();
        Timer.builder("oqim.http.requests")
                .tag("method", known(method))
                .tag("status", Integer.toString(status))
                .register(registry)
                .record(nanos, TimeUnit.NANOSECONDS);
        ACCESS.atInfo()
                .addKeyValue("request_id", scope.requestId())
                .addKeyValue("tenant", scope.tenant())
                .addKeyValue("method", method)
                .addKeyValue("path", shown(request.path().path()))
                .addKeyValue("status", status)
                .addKeyValue("micros", nanos / 1000)
                .log("request");
    }

    private static void end(
            Span span, RoutingRequest request, RoutingResponse response, Scope scope) {
        int status = response.status().code();
        var ignored =
                span.tag("http.request.method", request.prologue().method().text())
                        .tag("url.path", shown(request.path().path()))
                        .tag("http.response.status_code", Integer.toString(status))
                        .tag("oqim.request_id", scope.requestId())
                        .tag("oqim.tenant", scope.tenant());
        if (status >= 500) {
            span.failed();
        }
        span.end();
    }

    /**
     * Reads what a request that was refused early still sends, which Helidon would otherwise do
     * without a time limit; its answer is out by now.
     */
    private void finish(ReadableEntity body) {
        if (!body.hasEntity() || body.consumed()) {
            return;
        }
        TimeLimit limit = TimeLimit.of(bodyWithin);
        try {
            body.consume();
        } catch (RuntimeException e) {
            throw new CloseConnectionException("the rest of a request did not come", e);
        } finally {
            limit.close();
        }
    }

    /** Metrics must not grow by what callers invent. */
    private static String known(String method) {
        return switch (method) {
            case "GET", "POST", "DELETE", "PUT", "PATCH", "HEAD", "OPTIONS" -> method;
            default -> "other";
        };
    }

    /** A path as it may stand in a log: an idempotency key may be anything. */
    private static String shown(String path) {
        String clean = CardNumbers.masked(path);
        return clean.length() > 200 ? clean.substring(0, 200) : clean;
    }
}
