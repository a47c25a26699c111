package io.oqim.websocket;

import static org.assertj.core.api.Assertions.assertThat;

import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.WebServerConfig;
import io.helidon.webserver.http.FilterChain;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.RoutingRequest;
import io.helidon.webserver.http.RoutingResponse;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.helidon.webserver.http1.Http1Config;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/** A Helidon server with one WebSocket at {@code /ws}, a filter and an error handler around it. */
final class TestServer implements AutoCloseable {
    final WebSockets sockets;
    final Recorder recorder = new Recorder();

    /** The statuses the filter saw when a request left it. */
    final BlockingQueue<Integer> statuses = new LinkedBlockingQueue<>();

    private final WebSocketUpgrade upgrade;
    private final WebServer server;

    private static final class Refused extends RuntimeException {
        private final transient Refusal refusal;

        Refused(Refusal refusal) {
            super(refusal.detail());
            this.refusal = refusal;
        }
    }

    TestServer(Settings settings) {
        this(settings, options -> {});
    }

    TestServer(Settings settings, Consumer<WebServerConfig.Builder> options) {
        sockets = new WebSockets(settings);
        upgrade = new WebSocketUpgrade(sockets);
        server =
                WebServer.builder()
                        .address(InetAddress.getLoopbackAddress())
                        .port(0)
                        .shutdownHook(false)
                        .shutdownGracePeriod(Duration.ofSeconds(1))
                        .connectionOptions(
                                tcp ->
                                        tcp.socketSendBufferSize(32_768)
                                                .readTimeout(Duration.ofMillis(200)))
                        .protocolsDiscoverServices(false)
                        .addConnectionSelector(
                                new UpgradeSelector(Http1Config.builder(), Duration.ofSeconds(30)))
                        .routing(this::routing)
                        .update(options)
                        .build()
                        .start();
    }

    /** Times long enough not to interfere, limits small enough to reach. */
    static Settings settings() {
        return times(Duration.ofSeconds(20), Duration.ofSeconds(20), Duration.ofSeconds(1));
    }

    static Settings times(Duration writeDeadline, Duration heartbeat, Duration closeTimeout) {
        return new Settings(
                50,
                16 * 1024,
                64,
                256 * 1024,
                writeDeadline,
                heartbeat,
                heartbeat,
                closeTimeout,
                Duration.ofMillis(250));
    }

    int port() {
        return server.port();
    }

    /** Stops the server and leaves the sockets to it. */
    void stop() {
        server.stop();
    }

    static void await(BooleanSupplier condition) {
        long deadline = System.nanoTime() + Duration.ofSeconds(5).toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("condition within five seconds").isLessThan(deadline);
            LockSupport.parkNanos(1_000_000);
        }
    }

    @Override
    public void close() {
        sockets.close();
        server.stop();
    }

    private void routing(HttpRouting.Builder routing) {
        routing.addFilter(this::filter)
                .error(
                        Refused.class,
                        (request, response, e) -> {
                            response.header("Error-Handler", "yes");
                            e.refusal.headers().forEach(response::header);
                            response.status(Status.create(e.refusal.status()))
                                    .send(e.refusal.detail());
                        })
                .any("/ws", this::open)
                .get("/plain", (request, response) -> response.send("plain"));
    }

    private void filter(FilterChain chain, RoutingRequest request, RoutingResponse response) {
        response.header("Request-Id", "req-1");
        if (request.headers().contains(HeaderNames.AUTHORIZATION)) {
            response.status(Status.UNAUTHORIZED_401).send("not you");
            return;
        }
        try {
            chain.proceed();
        } finally {
            statuses.add(response.status().code());
        }
    }

    private void open(ServerRequest request, ServerResponse response) {
        String subprotocol =
                WebSocketUpgrade.subprotocol(request, Set.of("oqim.v1", "oqim.v2")).orElse("");
        throw new Refused(upgrade.accept(request, response, subprotocol, recorder));
    }
}
