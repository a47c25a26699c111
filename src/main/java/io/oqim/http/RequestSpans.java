package io.oqim.http;

import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.Filter;
import io.helidon.webserver.http.FilterChain;
import io.helidon.webserver.http.RoutingRequest;
import io.helidon.webserver.http.RoutingResponse;
import io.oqim.observe.Scope;
import io.oqim.observe.Span;
import io.oqim.observe.Tracing;

/** A span for each request, below its caller's if he has one. */
public final class RequestSpans implements Filter {
    private final Tracing tracing;

    public RequestSpans(Tracing tracing) {
        this.tracing = tracing;
    }

    @Override
    public void filter(FilterChain chain, RoutingRequest request, RoutingResponse response) {
        String method = request.prologue().method().text();
        Span span =
                tracing.request(
                        // Not by its path: names must not grow by what callers invent.
                        Server.known(method),
                        name -> request.headers().first(HeaderNames.create(name)));
        if (span == Span.NONE) {
            chain.proceed();
            return;
        }
        Scope scope = Scope.current();
        var ignored =
                span.tag("http.request.method", method)
                        .tag("url.path", Server.shown(request.path().path()))
                        .tag("oqim.request_id", scope.requestId());
        response.whenSent(
                () -> {
                    int status = response.status().code();
                    span.tag("http.response.status_code", Integer.toString(status))
                            .tag("oqim.tenant", scope.tenant());
                    if (status >= 500) {
                        span.failed();
                    }
                    span.end();
                });
        scope.within(span, chain::proceed);
    }
}
