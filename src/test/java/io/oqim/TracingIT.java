package io.oqim;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.proto.trace.v1.Span;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What a collector of spans gets to see, and whom else the trace is told to. */
class TracingIT {
    private static final String CALLER = "b7ad6b7169203331";

    private static Collector collector;
    private static Rig rig;

    @BeforeAll
    static void start() {
        collector = new Collector();
        rig =
                Rig.start(
                        Map.of(
                                "tracing.otlp-url", collector.url(),
                                "tracing.sample-percent", "100",
                                "tracing.every", "50ms",
                                "webhooks.poll", "100ms",
                                "webhooks.allow-http", "true",
                                "webhooks.allow-private", "true"));
    }

    @AfterAll
    static void stop() {
        rig.close();
        collector.close();
    }

    @Test
    void aPaymentsSpansAreOfItsCallersTraceAndBelowHisSpan() {
        String trace = "0af7651916cd43dd8448eb211c80319c";

        Api.Answer paid = pay("00-" + trace + "-" + CALLER + "-01");

        List<Span> spans = Until.is(() -> collector.of(trace), all -> names(all).contains("POST"));
        Span request = named(spans, "POST");
        assertThat(Collector.hex(request.getParentSpanId())).isEqualTo(CALLER);
        assertThat(request.getKind()).isEqualTo(Span.SpanKind.SPAN_KIND_SERVER);
        assertThat(Collector.tag(request, "oqim.request_id"))
                .isEqualTo(paid.header("Request-Id").orElseThrow());
        assertThat(Collector.tag(request, "http.response.status_code")).isEqualTo("201");
        assertThat(names(spans)).contains("commit_1", "commit_2", "velocity", "alpha risk");
        Span bank = named(spans, "alpha sale");
        assertThat(bank.getKind()).isEqualTo(Span.SpanKind.SPAN_KIND_CLIENT);
        assertThat(bank.getParentSpanId()).isEqualTo(request.getSpanId());
        assertThat(Collector.tag(bank, "oqim.outcome")).isEqualTo("approved");
        assertThat(bank.getStartTimeUnixNano())
                .isBetween(request.getStartTimeUnixNano(), request.getEndTimeUnixNano());
    }

    @Test
    void whatItsCallerDoesNotRecordIsNotRecordedHere() {
        String unrecorded = "1af7651916cd43dd8448eb211c80319c";
        String recorded = "2af7651916cd43dd8448eb211c80319c";

        pay("00-" + unrecorded + "-" + CALLER + "-00");
        pay("00-" + recorded + "-" + CALLER + "-01");

        Until.is(() -> collector.of(recorded), all -> names(all).contains("POST"));
        assertThat(collector.of(unrecorded)).isEmpty();
    }

    @Test
    void nonsenseInsteadOfATraceIsATraceOfOurOwn() {
        for (String nonsense : List.of("00-zz-zz-01", "x".repeat(4_000))) {
            String request = pay(nonsense).header("Request-Id").orElseThrow();

            Until.is(() -> collector.requests(), all -> all.contains(request));
        }
    }

    @Test
    void aRequestThatEndsItsConnectionIsASpanToo() {
        String trace = "3af7651916cd43dd8448eb211c80319c";
        Api.Answer answer =
                RawHttp.send(
                        rig.port(),
                        "GET /v1/payments HTTP/1.1\r\nHost: oqim\r\nConnection: close\r\ntraceparent: 00-"
                                + trace
                                + "-"
                                + CALLER
                                + "-01\r\n\r\n");

        assertThat(answer.status()).isEqualTo(401);
        Until.is(() -> collector.of(trace), all -> names(all).contains("GET"));
    }

    @Test
    void whereNobodyTakesSpansPaymentsGoOn() {
        try (Rig alone =
                Rig.start(
                        Map.of(
                                "tracing.otlp-url", "http://127.0.0.1:9/v1/traces",
                                "tracing.sample-percent", "100",
                                "tracing.max-queued", "16",
                                "tracing.timeout", "100ms"))) {
            for (int i = 0; i < 20; i++) {
                assertThat(alone.api().pay(1_000).status()).isEqualTo(201);
            }
        }
    }

    @Test
    void aReceiverOfWebhooksIsToldOfTheTraceOfItsDelivery() {
        Rig.Other merchant = rig.otherMerchant();
        try (Receiver receiver = Receiver.good()) {
            Api.Answer made =
                    merchant.api()
                            .post(
                                    "/v1/webhook_endpoints",
                                    "{\"url\":\"" + receiver.url() + "\"}",
                                    Map.of());
            assertThat(made.status()).as(made.body()).isEqualTo(201);
            merchant.api().pay(1_000);

            String told = receiver.await(1).getFirst().header("traceparent");

            assertThat(told).matches("00-[0-9a-f]{32}-[0-9a-f]{16}-0[13]");
            List<Span> spans =
                    Until.is(() -> collector.of(told.substring(3, 35)), all -> !all.isEmpty());
            assertThat(named(spans, "webhook").getSpanId())
                    .isEqualTo(com.google.protobuf.ByteString.fromHex(told.substring(36, 52)));
        }
    }

    private static Api.Answer pay(String traceparent) {
        return rig.api()
                .post(
                        "/v1/payments",
                        Api.payment(1_000),
                        Map.of(
                                "Idempotency-Key",
                                UUID.randomUUID().toString(),
                                "traceparent",
                                traceparent));
    }

    private static Set<String> names(List<Span> spans) {
        return spans.stream().map(Span::getName).collect(Collectors.toSet());
    }

    private static Span named(List<Span> spans, String name) {
        return spans.stream()
                .filter(span -> span.getName().equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError(name + " is not among " + names(spans)));
    }
}
