package io.oqim.sandbox;

import jakarta.json.JsonObjectBuilder;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells callers that something changed. A callback is an unsigned hint and may get lost: whoever
 * gets one has to enquire.
 */
final class Callbacks implements AutoCloseable {
    static final int MAX_TRIES = 5;

    /** As many callbacks as are under way at once; the others wait as errands. */
    static final int MAX_AT_ONCE = 64;

    private static final Logger LOG = LoggerFactory.getLogger(Callbacks.class);
    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    private static final int OK = 200;
    private static final int REDIRECTS = 300;

    private final String bank;
    private final Errands errands;
    private final Duration firstPause;
    private final Semaphore turns = new Semaphore(MAX_AT_ONCE);
    private final HttpClient client =
            HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .followRedirects(HttpClient.Redirect.NEVER)
                    .connectTimeout(TIMEOUT)
                    .executor(Executors.newVirtualThreadPerTaskExecutor())
                    .build();

    /**
     * @param firstPause before the second try; doubled before each further one
     */
    Callbacks(String bank, Errands errands, Duration firstPause) {
        this.bank = bank;
        this.errands = errands;
        this.firstPause = firstPause;
    }

    /** Sends these statuses in this order, where the payment's caller wanted callbacks. */
    void send(Origin origin, String reference, List<Status> statuses) {
        String url = origin.callbackUrl();
        if (url == null) {
            return;
        }
        errands.run(
                Duration.ZERO,
                () -> {
                    for (Status status : statuses) {
                        deliver(request(url, body(reference, status.wire())));
                    }
                });
    }

    /** Tells how a dispute stands, where the payment's caller wanted callbacks. */
    void send(Origin origin, Dispute dispute) {
        String url = origin.callbackUrl();
        if (url == null) {
            return;
        }
        String reference = dispute.chargeback().reference();
        JsonObjectBuilder body =
                body(reference, "dispute_" + dispute.status().wire()).add("dispute", dispute.id());
        HttpRequest request = request(url, body);
        errands.run(Duration.ZERO, () -> deliver(request));
    }

    @Override
    public void close() {
        client.shutdownNow();
    }

    private JsonObjectBuilder body(String reference, String status) {
        return JsonText.object()
                .add("bank", bank)
                .add("reference", reference)
                .add("status", status);
    }

    private static HttpRequest request(String url, JsonObjectBuilder body) {
        return HttpRequest.newBuilder(URI.create(url))
                .timeout(TIMEOUT)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofByteArray(JsonText.bytes(body.build())))
                .build();
    }

    private void deliver(HttpRequest request) throws InterruptedException {
        Duration pause = firstPause;
        for (int tries = 1; tries <= MAX_TRIES; tries++) {
            if (isDelivered(request)) {
                return;
            }
            if (tries < MAX_TRIES) {
                Thread.sleep(pause);
                pause = pause.multipliedBy(2);
            }
        }
        LOG.info("a callback to {} is given up", request.uri().getHost());
    }

    private boolean isDelivered(HttpRequest request) throws InterruptedException {
        turns.acquire();
        try {
            int status = client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
            return status >= OK && status < REDIRECTS;
        } catch (IOException e) {
            LOG.debug("a callback to {} failed", request.uri().getHost(), e);
            return false;
        } finally {
            turns.release();
        }
    }
}
