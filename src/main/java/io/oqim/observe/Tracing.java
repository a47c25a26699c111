package io.oqim.observe;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import io.oqim.config.TracingConfig;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Sends spans to a collector by OTLP, and takes and passes on the trace context of W3C. Does
 * nothing at all where no collector is configured.
 *
 * <p>Spans are queued and sent by a thread of the library; when the collector is slow or gone, they
 * are dropped.
 */
public final class Tracing implements AutoCloseable {
    private static final TextMapGetter<Function<String, Optional<String>>> HEADERS =
            (headers, name) -> headers == null ? null : headers.apply(name).orElse(null);

    /** Does nothing. */
    public static final Tracing OFF = new Tracing();

    private final boolean followCallers;
    private final Duration timeout;
    private final @Nullable SdkTracerProvider provider;
    private final @Nullable Tracer tracer;

    /**
     * @param role what this process is for
     */
    public Tracing(TracingConfig config, String role) {
        this.followCallers = config.followCallers();
        this.timeout = config.timeout();
        this.provider = config.otlpUrl().map(url -> provider(url, config, role)).orElse(null);
        this.tracer = provider == null ? null : provider.get("oqim");
    }

    private Tracing() {
        this.followCallers = false;
        this.timeout = Duration.ZERO;
        this.provider = null;
        this.tracer = null;
    }

    private static SdkTracerProvider provider(URI url, TracingConfig config, String role) {
        var exporter =
                OtlpHttpSpanExporter.builder()
                        .setEndpoint(url.toString())
                        .setTimeout(config.timeout())
                        .setRetryPolicy(null)
                        .build();
        return SdkTracerProvider.builder()
                .setResource(
                        Resource.create(
                                Attributes.of(
                                        AttributeKey.stringKey("service.name"), "oqim-" + role)))
                .setSampler(
                        Sampler.parentBased(
                                Sampler.traceIdRatioBased(config.samplePercent() / 100.0)))
                .addSpanProcessor(
                        BatchSpanProcessor.builder(exporter)
                                .setMaxQueueSize(config.maxQueued())
                                .setMaxExportBatchSize(Math.min(512, config.maxQueued()))
                                .setScheduleDelay(config.every())
                                .setExporterTimeout(config.timeout())
                                .build())
                .build();
    }

    /**
     * Begins the span of a request from outside.
     *
     * @param headers the request's own, by name
     */
    public Span request(String name, Function<String, Optional<String>> headers) {
        if (tracer == null) {
            return Span.NONE;
        }
        Context above =
                followCallers
                        ? W3CTraceContextPropagator.getInstance()
                                .extract(Context.root(), headers, HEADERS)
                        : Context.root();
        return Span.begin(tracer, name, SpanKind.SERVER, above);
    }

    /** Begins the span of a call to somebody else, within the request at hand, if there is one. */
    public Span call(String name) {
        return tracer == null
                ? Span.NONE
                : Span.begin(tracer, name, SpanKind.CLIENT, Scope.current().span().context());
    }

    /** Sends what is queued, for {@code tracing.timeout} at most. */
    @Override
    public void close() {
        if (provider != null) {
            var ignored = provider.shutdown().join(timeout.toMillis(), TimeUnit.MILLISECONDS);
        }
    }
}
