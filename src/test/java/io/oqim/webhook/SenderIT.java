package io.oqim.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.helidon.common.tls.Tls;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.oqim.SelfSigned;
import io.oqim.Until;
import io.oqim.config.OqimConfig;
import io.oqim.config.Secret;
import io.oqim.config.Settings;
import io.oqim.config.WebhooksConfig;
import io.oqim.crypto.CryptoPool;
import io.oqim.crypto.Hashes;
import io.oqim.observe.Tracing;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** To whom a message goes, and to whom it does not. */
class SenderIT {
    private static final String KEY = "a-crypto-key-of-at-least-thirty-two-characters";
    private static final Tls PUBLIC = Tls.builder().build();
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
        WebhooksConfig open =
                config(
                        "webhooks.allow-private",
                        "true",
                        "webhooks.timeout",
                        "500ms",
                        "webhooks.name-timeout",
                        "300ms");
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

    @Test
    void overTlsTheReceiverHasToShowACertificateForItsName(@TempDir Path directory)
            throws Exception {
        SSLContext shop = SelfSigned.context(directory, "shop.example");
        HttpsServer secure = HttpsServer.create(new InetSocketAddress(HERE, 0), 10);
        secure.setHttpsConfigurator(new HttpsConfigurator(shop));
        secure.createContext(
                "/",
                exchange -> {
                    arrived.incrementAndGet();
                    exchange.sendResponseHeaders(204, -1);
                    exchange.close();
                });
        secure.start();
        try {
            WebhooksConfig open = config("webhooks.allow-private", "true");
            Names.Lookup lookup = name -> new InetAddress[] {HERE};
            Tls trusting = Tls.builder().sslContext(shop).build();
            int at = secure.getAddress().getPort();

            assertThat(send("https://shop.example:" + at, open, lookup, trusting).status())
                    .isEqualTo(204);
            assertThat(send("https://other.example:" + at, open, lookup, trusting).error())
                    .isEqualTo("tls_failed");
            assertThat(send("https://shop.example:" + at, open, lookup, PUBLIC).error())
                    .isEqualTo("tls_failed");
            assertThat(arrived).hasValue(1);
        } finally {
            secure.stop(0);
        }
    }

    @Test
    void aNameWithoutAnAnswerHoldsOneThreadHoweverOftenItIsAskedFor() throws Exception {
        WebhooksConfig open =
                config(
                        "webhooks.allow-private", "true",
                        "webhooks.name-threads", "2",
                        "webhooks.name-timeout", "300ms");
        CountDownLatch end = new CountDownLatch(1);
        try (Names names =
                new Names(
                        open,
                        name -> {
                            if (name.startsWith("dead")) {
                                lookups.incrementAndGet();
                                await(end);
                            }
                            return new InetAddress[] {HERE};
                        })) {
            for (int i = 0; i < 3; i++) {
                assertThatThrownBy(() -> names.address("dead.example", true))
                        .isInstanceOf(Names.Unknown.class);
            }
            assertThat(lookups).hasValue(1);
            assertThat(names.address("shop.example", true).getHostAddress()).isEqualTo("127.0.0.1");

            assertThatThrownBy(() -> names.address("dead2.example", true))
                    .isInstanceOf(Names.Unknown.class);
            // Both threads are held: that says nothing of this name.
            assertThatThrownBy(() -> names.address("shop.example", true))
                    .isInstanceOf(Names.Busy.class);
            assertThat(names.address("shop.example", false).getHostAddress())
                    .isEqualTo("127.0.0.1");
            end.countDown();
            Until.is(Duration.ofSeconds(10), () -> answers(names), yes -> yes);
        } finally {
            end.countDown();
        }
    }

    private static boolean answers(Names names) {
        try {
            return names.address("shop.example", true).equals(HERE);
        } catch (Names.Busy e) {
            return false;
        }
    }

    private static void await(CountDownLatch end) {
        try {
            boolean ignored = end.await(30, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void theAddressIsCalledAsItWasGiven() {
        List<String> given =
                List.of(
                        "/given/a%2Fb?sig=x%2By%3D&z=1&a=2&sig=3&flag",
                        "/given?b=1&a=2", "/given/.x/y./...", "/given/%C3%A9?q=%20+", "/given?");

        assertThat(called(given)).isEqualTo(given);
    }

    @Test
    void anAddressWithoutAPathIsCalledAtItsRoot() {
        assertThat(called(List.of("", "?token=x%2Fy"))).containsExactly("/", "/?token=x%2Fy");
    }

    /** What the receiver sees when these are called. */
    private List<String> called(List<String> paths) {
        List<String> called = new CopyOnWriteArrayList<>();
        receiver.removeContext("/");
        receiver.createContext(
                "/",
                exchange -> {
                    called.add(exchange.getRequestURI().toString());
                    exchange.sendResponseHeaders(204, -1);
                    exchange.close();
                });
        for (String path : paths) {
            Outcome outcome =
                    sendTo(
                            URI.create("http://shop.example:" + port + path),
                            config("webhooks.allow-private", "true"),
                            name -> new InetAddress[] {HERE},
                            PUBLIC);
            assertThat(outcome.status()).as(path).isEqualTo(204);
        }
        return called;
    }

    @Test
    void anAnswerWithAStatusThatDoesNotExistIsAFailure() throws Exception {
        try (ServerSocket odd = new ServerSocket(0, 1, HERE)) {
            Thread answering =
                    Thread.ofVirtual()
                            .start(
                                    () -> {
                                        try (Socket socket = odd.accept()) {
                                            int read = socket.getInputStream().read(new byte[4096]);
                                            assertThat(read).isPositive();
                                            socket.getOutputStream()
                                                    .write(
                                                            "HTTP/1.1 99999 x\r\nContent-Length: 0\r\n\r\n"
                                                                    .getBytes(
                                                                            StandardCharsets
                                                                                    .US_ASCII));
                                        } catch (IOException e) {
                                            throw new UncheckedIOException(e);
                                        }
                                    });
            Outcome outcome =
                    send(
                            "http://127.0.0.1:" + odd.getLocalPort(),
                            config("webhooks.allow-private", "true"),
                            InetAddress::getAllByName);
            answering.join();

            assertThat(outcome.delivered()).isFalse();
            assertThat(outcome.status()).isZero();
            assertThat(outcome.error()).isEqualTo("bad_answer");
        }
    }

    private Outcome send(String url, WebhooksConfig config, Names.Lookup lookup) {
        return send(url, config, lookup, PUBLIC);
    }

    private Outcome send(String url, WebhooksConfig config, Names.Lookup lookup, Tls tls) {
        return sendTo(URI.create(url + "/hook"), config, lookup, tls);
    }

    private Outcome sendTo(URI url, WebhooksConfig config, Names.Lookup lookup, Tls tls) {
        try (Names names = new Names(config, lookup)) {
            Sender sender =
                    new Sender(
                            config,
                            new Signer(pool, new Hashes(new Secret(KEY))),
                            names,
                            new Places(config),
                            tls,
                            new Tracing(settings().tracing(), "test"));
            return sender.send(
                    new Sender.Message(
                            url,
                            "evt_1",
                            "{}".getBytes(StandardCharsets.US_ASCII),
                            List.of(new UUID(0, 1)),
                            true));
        }
    }

    private static WebhooksConfig config(String... more) {
        return settings(more).webhooks();
    }

    private static OqimConfig settings(String... more) {
        Map<String, String> values = new HashMap<>();
        values.put("admin-key", "an-admin-key-of-thirty-one-char");
        values.put("crypto.key", KEY);
        values.put("vault.keys", "local:a2tra2tra2tra2tra2tra2tra2tra2tra2tra2tra2s=");
        for (int i = 0; i < more.length; i += 2) {
            values.put(more[i], more[i + 1]);
        }
        return OqimConfig.from(new Settings(values, Map.of()));
    }
}
