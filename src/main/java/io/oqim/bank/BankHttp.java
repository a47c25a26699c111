package io.oqim.bank;

import io.helidon.http.HeaderNames;
import io.helidon.http.Method;
import io.helidon.webclient.api.HttpClientResponse;
import io.helidon.webclient.api.Proxy;
import io.helidon.webclient.api.WebClient;
import io.oqim.concurrent.FanOut;
import io.oqim.concurrent.Leg;
import io.oqim.config.BankEndpoint;
import io.oqim.config.BanksConfig;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.util.concurrent.atomic.AtomicReference;

/**
 * HTTP to one bank: pooled keep-alive connections, a deadline on the whole call, a bounded answer,
 * and proof whether a byte may have left.
 *
 * <p>The proof: the client hands out the connection's output stream only once it is connected, and
 * sends nothing before that stream is written to. What fails earlier was not sent.
 */
public final class BankHttp {
    private final WebClient client;
    private final URI base;
    private final String authorization;
    private final int maxResponse;

    public BankHttp(BankEndpoint endpoint, BanksConfig config) {
        this.base = endpoint.url();
        this.authorization = "Bearer " + endpoint.key().reveal();
        this.maxResponse = config.maxResponseBytes();
        this.client =
                WebClient.builder()
                        // The client's default asks the name service for the name of every address
                        // that it connects to, and blocks a carrier with that.
                        .proxy(Proxy.builder().type(Proxy.ProxyType.NONE).build())
                        .connectTimeout(config.connectTimeout())
                        .readTimeout(config.deadline())
                        .connectionCacheSize(config.idleConnections())
                        .shareConnectionCache(false)
                        .followRedirects(false)
                        .sendExpectContinue(false)
                        .servicesDiscoverServices(false)
                        .keepAlive(true)
                        .build();
    }

    /** Sends a request and reads its answer. An empty body is sent for GET. */
    public HttpAnswer exchange(Method method, String path, byte[] body, BankCall call) {
        Sending sending = new Sending(call);
        // On a thread of its own, so that the deadline can cut a call that trickles.
        try (FanOut within = FanOut.within(call.deadline())) {
            Leg<HttpAnswer> leg =
                    within.cancellable("http", () -> send(method, path, body, sending));
            return switch (leg.await()) {
                case Leg.Result.Done<HttpAnswer> done -> done.value();
                case Leg.Result.Failed<HttpAnswer> failed ->
                        failure(sending, describe(failed.cause()));
                case Leg.Result.Late<HttpAnswer> late ->
                        failure(sending, "no answer within " + call.deadline());
            };
        }
    }

    /** Who comes first decides whether bytes may leave: the sender, or the caller who gives up. */
    private static final class Sending {
        private enum State {
            IDLE,
            STARTED,
            ABANDONED
        }

        private final BankCall call;
        private final AtomicReference<State> state = new AtomicReference<>(State.IDLE);

        Sending(BankCall call) {
            this.call = call;
        }

        /** The last look at the clock before the first byte. */
        boolean start() {
            return !call.tooLate() && state.compareAndSet(State.IDLE, State.STARTED);
        }

        /** True when no byte has left, and none ever will. */
        boolean abandon() {
            return state.compareAndSet(State.IDLE, State.ABANDONED);
        }
    }

    private HttpAnswer send(Method method, String path, byte[] body, Sending sending)
            throws IOException {
        var request =
                client.method(method)
                        .uri(base.resolve(base.getPath() + path))
                        .header(HeaderNames.AUTHORIZATION, authorization)
                        .header(HeaderNames.ACCEPT, "application/json");
        if (body.length > 0) {
            request.header(HeaderNames.CONTENT_TYPE, "application/json")
                    .header(HeaderNames.CONTENT_LENGTH, Integer.toString(body.length));
        }
        HttpClientResponse response =
                body.length == 0
                        ? harmless(request, sending)
                        : request.outputStream(
                                out -> {
                                    if (!sending.start()) {
                                        throw new TooLate();
                                    }
                                    out.write(body);
                                    out.close();
                                });
        try (response;
                InputStream in = response.inputStream()) {
            byte[] answer = in.readNBytes(maxResponse + 1);
            if (answer.length > maxResponse) {
                return new HttpAnswer.Lost("the answer is larger than " + maxResponse + " bytes");
            }
            return new HttpAnswer.Answered(response.status().code(), answer);
        }
    }

    /** A request without a body only asks; nothing hangs on whether it left. */
    private static HttpClientResponse harmless(
            io.helidon.webclient.api.HttpClientRequest request, Sending sending) throws TooLate {
        if (!sending.start()) {
            throw new TooLate();
        }
        return request.request();
    }

    private static HttpAnswer failure(Sending sending, String reason) {
        return sending.abandon() ? new HttpAnswer.NotSent(reason) : new HttpAnswer.Lost(reason);
    }

    /** The kind of trouble; messages of the client may quote what was sent. */
    private static String describe(Throwable e) {
        Throwable root = e;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root.getClass().getSimpleName();
    }

    /** The moment by which the first byte had to leave is over. */
    private static final class TooLate extends IOException {
        private static final long serialVersionUID = 1L;

        TooLate() {
            super("too late to send");
        }
    }
}
