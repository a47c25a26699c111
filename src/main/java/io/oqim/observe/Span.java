package io.oqim.observe;

import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Something that takes time, for the collector: a request, a step of it, a call to somebody else.
 * Nothing here blocks or fails. Without a collector every span is {@link #NONE}.
 */
public final class Span {
    /** Records nothing, and has no context that could be passed on. */
    public static final Span NONE = new Span(null, Context.root());

    private final @Nullable Tracer tracer;
    private final Context context;
    private final io.opentelemetry.api.trace.Span own;

    private Span(@Nullable Tracer tracer, Context context) {
        this.tracer = tracer;
        this.context = context;
        this.own = io.opentelemetry.api.trace.Span.fromContext(context);
    }

    /** Begins one below another, or the first of a trace where there is none. */
    static Span begin(Tracer tracer, String name, SpanKind kind, Context above) {
        var own = tracer.spanBuilder(name).setSpanKind(kind).setParent(above).startSpan();
        return new Span(tracer, above.with(own));
    }

    Context context() {
        return context;
    }

    /** The trace it belongs to, as 32 hexadecimal digits; empty where there is none. */
    public String traceId() {
        return tracer != null && own.getSpanContext().isValid()
                ? own.getSpanContext().getTraceId()
                : "";
    }

    public Span tag(String name, String value) {
        var ignored = own.setAttribute(name, value);
        return this;
    }

    /** Something within it that has just ended, and took so long. */
    public void past(String name, Duration took, String outcome) {
        if (tracer == null) {
            return;
        }
        Instant now = Instant.now();
        tracer.spanBuilder(name)
                .setParent(context)
                .setStartTimestamp(now.minus(took))
                .setAttribute("oqim.outcome", outcome)
                .startSpan()
                .end(now);
    }

    /** It did not do what it was for. */
    public void failed() {
        var ignored = own.setStatus(StatusCode.ERROR);
    }

    public void end() {
        own.end();
    }

    /**
     * What whoever is called gets to know of it: {@code traceparent} (W3C), or nothing. What
     * callers say of themselves in {@code tracestate} is no business of banks and receivers.
     */
    public Optional<String> traceparent() {
        if (tracer == null) {
            return Optional.empty();
        }
        Map<String, String> headers = new HashMap<>();
        W3CTraceContextPropagator.getInstance()
                .inject(
                        context,
                        headers,
                        (to, name, value) -> Objects.requireNonNull(to).put(name, value));
        return Optional.ofNullable(headers.get("traceparent"));
    }
}
