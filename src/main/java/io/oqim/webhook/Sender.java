package io.oqim.webhook;

import io.helidon.common.tls.Tls;
import io.helidon.http.HeaderNames;
import io.helidon.http.Method;
import io.helidon.webclient.api.DnsAddressLookup;
import io.helidon.webclient.api.HttpClientRequest;
import io.helidon.webclient.api.HttpClientResponse;
import io.helidon.webclient.api.Proxy;
import io.helidon.webclient.api.WebClient;
import io.helidon.webclient.spi.DnsResolver;
import io.oqim.concurrent.FanOut;
import io.oqim.concurrent.Leg;
import io.oqim.config.WebhooksConfig;
import io.oqim.observe.Scope;
import io.oqim.observe.Span;
import io.oqim.observe.Tracing;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Sends one message to one receiver: one deadline over all of it, a bounded answer, no redirects,
 * and only to addresses that {@link Names} lets through.
 *
 * <p>Every message has a connection of its own. One that is kept may have been closed by the
 * receiver just when the next message leaves, and would count as a failure that was none.
 */
final class Sender {
    /** How much of an answer is kept. */
    private static final int KEPT = 1024;

    private static final int STATUS_MOST = 599;

    private final WebhooksConfig config;
    private final Signer signer;
    private final Places places;
    private final Tracing tracing;
    private final WebClient toTrusted;
    private final WebClient toOthers;

    /**
     * A message.
     *
     * @param id the same at every attempt
     * @param trusted whether its receiver is known to take messages
     */
    record Message(URI url, String id, byte[] body, List<UUID> secrets, boolean trusted) {}

    /**
     * @param tls whose certificates are trusted
     */
    Sender(
            WebhooksConfig config,
            Signer signer,
            Names names,
            Places places,
            Tls tls,
            Tracing tracing) {
        this.tracing = tracing;
        this.config = config;
        this.signer = signer;
        this.places = places;
        this.toTrusted = client(new Checked(names, true), tls);
        this.toOthers = client(new Checked(names, false), tls);
    }

    private WebClient client(DnsResolver resolver, Tls tls) {
        return WebClient.builder()
                .tls(tls)
                .proxy(Proxy.builder().type(Proxy.ProxyType.NONE).build())
                .dnsResolver(resolver)
                .connectTimeout(config.timeout())
                .readTimeout(config.timeout())
                .shareConnectionCache(false)
                .followRedirects(false)
                .sendExpectContinue(false)
                .servicesDiscoverServices(false)
                // The usual form of a request; the whole address is for proxies (RFC 9112 section
                // 3.2).
                .relativeUris(true)
                .keepAlive(false)
                .build();
    }

    /** The client's own question, answered by what was checked. */
    private record Checked(Names names, boolean trusted) implements DnsResolver {
        @Override
        public InetAddress resolveAddress(String host, DnsAddressLookup lookup) {
            return names.address(host, trusted);
        }
    }

    /**
     * Signs and sends; blocks for the signature, and then for {@code webhooks.timeout} at most.
     *
     * @throws io.oqim.crypto.CryptoPoolFull when the pool is; then nothing was sent
     * @throws Names.Busy when the receiver's name could not even be asked for; then nothing was
     *     sent
     */
    Outcome send(Message message) {
        long timestamp;
        String signature;
        try {
            timestamp = System.currentTimeMillis() / 1000;
            signature =
                    places.signing(
                            message.trusted(),
                            () ->
                                    signer.signature(
                                            message.secrets(),
                                            message.id(),
                                            timestamp,
                                            message.body()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Outcome.failed("internal_error", Duration.ZERO);
        }
        Span span = tracing.call("webhook").tag("oqim.event", message.id());
        try {
            Outcome outcome =
                    Scope.current().within(span, () -> sent(message, timestamp, signature));
            var ignored =
                    span.tag(
                            "oqim.outcome",
                            outcome.error().isEmpty() ? outcome.status() + "" : outcome.error());
            return outcome;
        } finally {
            span.end();
        }
    }

    private Outcome sent(Message message, long timestamp, String signature) {
        long started = System.nanoTime();
        try (FanOut within = FanOut.within(config.timeout())) {
            Leg<Outcome> leg =
                    within.cancellable(
                            "webhook", () -> post(message, timestamp, signature, started));
            return switch (leg.await()) {
                case Leg.Result.Done<Outcome> done -> done.value();
                case Leg.Result.Failed<Outcome> failed -> failed(failed.cause(), started);
                case Leg.Result.Late<Outcome> late -> Outcome.failed("timeout", since(started));
            };
        }
    }

    private Outcome post(Message message, long timestamp, String signature, long started)
            throws IOException {
        HttpClientRequest request =
                (message.trusted() ? toTrusted : toOthers)
                        .method(Method.POST)
                        // As it was given, to the byte: receivers may have signed it.
                        .skipUriEncoding(true)
                        .uri(address(message.url()))
                        .header(HeaderNames.CONTENT_TYPE, "application/json")
                        .header(HeaderNames.USER_AGENT, "Oqim-Webhooks/1")
                        .header(HeaderNames.create("webhook-id"), message.id())
                        .header(HeaderNames.create("webhook-timestamp"), Long.toString(timestamp))
                        .header(HeaderNames.create("webhook-signature"), signature);
        Scope.current()
                .span()
                .traceparent()
                .ifPresent(value -> request.header(HeaderNames.create("traceparent"), value));
        try (HttpClientResponse response = request.submit(message.body());
                InputStream in = response.inputStream()) {
            if (response.status().code() < 100 || response.status().code() > STATUS_MOST) {
                return Outcome.failed("bad_answer", since(started));
            }
            byte[] body = in.readNBytes(config.maxResponse());
            return new Outcome(
                    response.status().code(),
                    "",
                    Arrays.copyOf(body, Math.min(body.length, KEPT)),
                    since(started),
                    response.headers()
                            .first(HeaderNames.RETRY_AFTER)
                            .flatMap(Sender::retryAfter)
                            .map(this::clamped));
        }
    }

    /** An empty path is the same as {@code /} (RFC 9110 section 4.2.3). */
    private static String address(URI url) {
        String text = url.toASCIIString();
        if (!url.getRawPath().isEmpty()) {
            return text;
        }
        int end = url.getScheme().length() + "://".length() + url.getRawAuthority().length();
        return text.substring(0, end) + "/" + text.substring(end);
    }

    /** Who asks for more than may be asked for gets that. */
    private Duration clamped(Duration after) {
        return after.compareTo(config.maxRetryAfter()) > 0 ? config.maxRetryAfter() : after;
    }

    /** Seconds, or a date (RFC 9110 section 10.2.3). */
    private static Optional<Duration> retryAfter(String text) {
        try {
            if (text.matches("\\d{1,9}")) {
                return Optional.of(Duration.ofSeconds(Long.parseLong(text)));
            }
            Instant when =
                    ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
            Duration left = Duration.between(Instant.now(), when);
            return Optional.of(left.isNegative() ? Duration.ZERO : left);
        } catch (DateTimeParseException e) {
            return Optional.empty();
        }
    }

    private static Duration since(long started) {
        return Duration.ofNanos(System.nanoTime() - started);
    }

    private static Outcome failed(Throwable e, long started) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof Names.Busy busy) {
                throw busy;
            }
            Optional<String> kind = kind(cause);
            if (kind.isPresent()) {
                return Outcome.failed(kind.get(), since(started));
            }
        }
        return Outcome.failed("connection_lost", since(started));
    }

    /** The kind of trouble; messages may quote what a stranger has sent. */
    private static Optional<String> kind(Throwable cause) {
        return switch (cause) {
            case Names.Forbidden forbidden -> Optional.of("forbidden_address");
            case Names.Unknown unknown -> Optional.of("unknown_host");
            case java.net.ConnectException refused -> Optional.of("connection_failed");
            case java.net.SocketTimeoutException late -> Optional.of("timeout");
            case javax.net.ssl.SSLException tls -> Optional.of("tls_failed");
            default -> Optional.empty();
        };
    }
}
