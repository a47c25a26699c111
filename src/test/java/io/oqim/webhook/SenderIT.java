package io.oqim.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.oqim.config.OqimConfig;
import io.oqim.config.Secret;
import io.oqim.config.Settings;
import io.oqim.config.WebhooksConfig;
import io.oqim.crypto.CryptoPool;
import io.oqim.crypto.Hashes;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** To whom a message goes, and to whom it does not. */
class SenderIT {
    private static final String KEY = "a-crypto-key-of-at-least-thirty-two-characters";
    private static final InetAddress HERE = InetAddress.ofLiteral("127.0.0.1");
    private static final InetAddress ELSEWHERE = InetAddress.ofLiteral("127.0.0.2");

    private final AtomicInteger arrived = new AtomicInteger();
    private final AtomicInteger lookups = new AtomicInteger();
    private final CryptoPool pool = new CryptoPool(1, 10, new SimpleMeterRegistry());
    private HttpServer receiver;
    private int port;

    @BeforeEach
    void start() throws IOException {
        receiver = HttpServer.create(new InetSocketAddress(HERE, 0), 10);
        receiver.createContext(
                "/",
                exchange -> {
                    arrived.incrementAndGet();
                    exchange.sendResponseHeaders(204, -1);
                    exchange.close();
                });
        receiver.start();
        port = receiver.getAddress().getPort();
    }

    @AfterEach
    void stop() {
        receiver.stop(0);
        pool.close();
    }

    @Test
    void theAddressThatWasLookedUpIsTheOneThatIsConnectedToAndNobodyIsAskedAgain() {
        Outcome outcome =
                send(
                        "http://shop.example:" + port,
                        config("webhooks.allow-private", "true"),
                        // As a name server that wants to be checked with one address and called at
                        // another.
                        name -> {
                            InetAddress now = lookups.getAndIncrement() == 0 ? HERE : ELSEWHERE;
                            return new InetAddress[] {now};
                        });

        assertThat(outcome.status()).isEqualTo(204);
        assertThat(arrived).hasValue(1);
        assertThat(lookups).hasValue(1);
    }

    @Test
    void aNameWithAnAddressThatIsNotPublicIsNotCalled() {
        for (InetAddress[] addresses :
                List.of(
                        new InetAddress[] {HERE},
                        new InetAddress[] {InetAddress.ofLiteral("8.8.8.8"), HERE},
                        new InetAddress[] {InetAddress.ofLiteral("169.254.169.254")})) {
            Outcome outcome = send("http://shop.example:" + port, config(), name -> addresses);

            assertThat(outcome.error()).isEqualTo("forbidden_address");
        }
        assertThat(arrived).hasValue(0);
    }

    @Test
    void anAddressInPlaceOfANameIsJudgedTheSame() {
        for (String host : List.of("127.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "localhost")) {
            Outcome outcome =
                    send("http://" + host + ":" + port, config(), InetAddress::getAllByName);

            assertThat(outcome.error()).as(host).isEqualTo("forbidden_address");
        }
        assertThat(arrived).hasValue(0);
    }

    @Test
    void anAddressKeepsTheNameThatItWasAskedForByAndIsNotLookedUpTheOtherWayRound() {
        try (Names names =
                new Names(
                        config("webhooks.allow-private", "true"),
                        name -> new InetAddress[] {InetAddress.ofLiteral("127.0.0.9")})) {
            // What has a name prints it; what has none prints an empty one, and asks when it is
            // wanted.
            assertThat(names.address("shop.example", true)).hasToString("shop.example/127.0.0.9");
            assertThat(names.address("127.0.0.9", false)).hasToString("127.0.0.9/127.0.0.9");
        }
    }

    @Test
    void whatCannotBeReachedSaysWhy() throws IOException {
        WebhooksConfig open = config("webhooks.allow-private", "true", "webhooks.timeout", "500ms");
        int closed;
        try (ServerSocket socket = new ServerSocket(0, 1, HERE)) {
            closed = socket.getLocalPort();
        }
        assertThat(send("http://127.0.0.1:" + closed, open, InetAddress::getAllByName).error())
                .isEqualTo("connection_failed");
        assertThat(
                        send(
                                        "http://shop.example",
                                        open,
                                        name -> {
                                            throw new UnknownHostException(name);
                                        })
                                .error())
                .isEqualTo("unknown_host");
        assertThat(send("https://127.0.0.1:" + port, open, InetAddress::getAllByName).error())
                .isIn("tls_failed", "connection_lost", "timeout");
        try (ServerSocket silent = new ServerSocket(0, 1, HERE)) {
            Outcome outcome =
                    send(
                            "http://127.0.0.1:" + silent.getLocalPort(),
                            open,
                            InetAddress::getAllByName);
            assertThat(outcome.error()).isEqualTo("timeout");
            assertThat(outcome.latency()).isBetween(Duration.ofMillis(450), Duration.ofSeconds(5));
        }
    }

    private Outcome send(String url, WebhooksConfig config, Names.Lookup lookup) {
        try (Names names = new Names(config, lookup)) {
            Sender sender =
                    new Sender(
                            config,
                            new Signer(pool, new Hashes(new Secret(KEY))),
                            names,
                            new Places(config));
            return sender.send(
                    new Sender.Message(
                            URI.create(url + "/hook"),
                            "evt_1",
                            "{}".getBytes(StandardCharsets.US_ASCII),
                            List.of(new UUID(0, 1)),
                            true));
        }
    }

    private static WebhooksConfig config(String... more) {
        Map<String, String> values = new HashMap<>();
        values.put("admin-key", "an-admin-key-of-thirty-one-char");
        values.put("crypto.key", KEY);
        for (int i = 0; i < more.length; i += 2) {
            values.put(more[i], more[i + 1]);
        }
        return OqimConfig.from(new Settings(values, Map.of())).webhooks();
    }
}
