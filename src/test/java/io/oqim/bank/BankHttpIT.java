package io.oqim.bank;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.helidon.http.Method;
import io.oqim.config.BankEndpoint;
import io.oqim.config.BanksConfig;
import io.oqim.config.OqimConfig;
import io.oqim.config.Settings;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/** What is known of a call to a bank that misbehaves on the wire, and when that is known. */
class BankHttpIT {
    private static final byte[] BODY = "{\"reference\":\"r-1\"}".getBytes(StandardCharsets.UTF_8);
    private static final Duration DEADLINE = Duration.ofMillis(600);

    @Test
    void anAnswerIsGivenWithItsStatus() throws Exception {
        try (WireBank bank = new WireBank(out -> out.write(answer(422, "{\"code\":\"x\"}")))) {
            HttpAnswer.Answered answered =
                    (HttpAnswer.Answered) bank.http().exchange(post(), "/p", BODY, call());

            assertThat(answered.status()).isEqualTo(422);
            assertThat(new String(answered.body(), StandardCharsets.UTF_8))
                    .isEqualTo("{\"code\":\"x\"}");
            assertThat(bank.heard())
                    .anyMatch(line -> line.equals("Authorization: Bearer bank-key"));
        }
    }

    @Test
    void callsOneAfterTheOtherUseOneConnection() throws Exception {
        Set<InetSocketAddress> callers = ConcurrentHashMap.newKeySet();
        HttpServer bank =
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 10);
        bank.createContext(
                "/",
                exchange -> {
                    callers.add(exchange.getRemoteAddress());
                    exchange.getRequestBody().readAllBytes();
                    exchange.sendResponseHeaders(200, 2);
                    exchange.getResponseBody().write("{}".getBytes(StandardCharsets.US_ASCII));
                    exchange.close();
                });
        bank.start();
        try {
            BankHttp http = http(bank.getAddress().getPort());
            for (int i = 0; i < 5; i++) {
                assertThat(http.exchange(post(), "/p", BODY, call()))
                        .isInstanceOf(HttpAnswer.Answered.class);
            }
            assertThat(callers).hasSize(1);
        } finally {
            bank.stop(0);
        }
    }

    @Test
    void whereNobodyListensNothingWasSent() throws Exception {
        int port;
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }

        assertThat(http(port).exchange(post(), "/p", BODY, call()))
                .isInstanceOf(HttpAnswer.NotSent.class);
    }

    @Test
    void whatIsTooLateIsNotSent() throws Exception {
        try (WireBank bank = new WireBank(out -> out.write(answer(200, "{}")))) {
            BankCall late = new BankCall("r-1", System.nanoTime() - 1, DEADLINE);

            assertThat(bank.http().exchange(post(), "/p", BODY, late))
                    .isInstanceOf(HttpAnswer.NotSent.class);
            assertThat(bank.heard()).noneMatch(line -> line.startsWith("POST"));
        }
    }

    @Test
    void aConnectionThatIsClosedWithoutAnAnswerMeansThatNobodyKnows() throws Exception {
        try (WireBank bank = new WireBank(OutputStream::close)) {
            assertThat(bank.http().exchange(post(), "/p", BODY, call()))
                    .isInstanceOf(HttpAnswer.Lost.class);
        }
    }

    @Test
    void aBankThatSaysNothingIsGivenUpAtTheDeadline() throws Exception {
        try (WireBank bank = new WireBank(out -> LockSupport.parkNanos(5_000_000_000L))) {
            assertThat(bank.http().exchange(post(), "/p", BODY, call()))
                    .isEqualTo(new HttpAnswer.Lost("no answer within " + DEADLINE));
        }
    }

    @Test
    void anAnswerThatTricklesIsGivenUpAtTheDeadlineOfTheWholeCall() throws Exception {
        try (WireBank bank = new WireBank(BankHttpIT::trickle)) {
            assertThat(bank.http().exchange(post(), "/p", BODY, call()))
                    .isEqualTo(new HttpAnswer.Lost("no answer within " + DEADLINE));
        }
    }

    @Test
    void anAnswerThatIsTooLargeIsNotRead() throws Exception {
        try (WireBank bank =
                new WireBank(out -> out.write(answer(200, "\"" + "x".repeat(70_000) + "\"")))) {
            assertThat(bank.http().exchange(post(), "/p", BODY, call()))
                    .isEqualTo(new HttpAnswer.Lost("the answer is larger than 65536 bytes"));
        }
    }

    @Test
    void aRedirectIsAnAnswerAndIsNotFollowed() throws Exception {
        try (WireBank elsewhere = new WireBank(out -> out.write(answer(200, "{}")));
                WireBank bank =
                        new WireBank(
                                out ->
                                        out.write(
                                                ("HTTP/1.1 307 x\r\nLocation: http://127.0.0.1:"
                                                                + elsewhere.port()
                                                                + "/p\r\nContent-Length: 0\r\n\r\n")
                                                        .getBytes(StandardCharsets.US_ASCII)))) {
            assertThat(
                            ((HttpAnswer.Answered) bank.http().exchange(post(), "/p", BODY, call()))
                                    .status())
                    .isEqualTo(307);
            assertThat(elsewhere.heard()).isEmpty();
        }
    }

    @Test
    void connectionsAreKeptForTheNextCall() throws Exception {
        try (WireBank bank = new WireBank(out -> out.write(answer(200, "{}")))) {
            BankHttp http = bank.http();
            for (int i = 0; i < 5; i++) {
                assertThat(http.exchange(post(), "/p", BODY, call()))
                        .isInstanceOf(HttpAnswer.Answered.class);
            }
            assertThat(bank.connections()).isEqualTo(1);
        }
    }

    private static Method post() {
        return Method.POST;
    }

    private static BankCall call() {
        return new BankCall("r-1", System.nanoTime() + DEADLINE.toNanos(), DEADLINE);
    }

    private static byte[] answer(int status, String body) {
        return ("HTTP/1.1 " + status + " x\r\nContent-Length: " + body.length() + "\r\n\r\n" + body)
                .getBytes(StandardCharsets.US_ASCII);
    }

    private static void trickle(OutputStream out) throws IOException {
        out.write(
                "HTTP/1.1 200 x\r\nContent-Length: 1000\r\n\r\n"
                        .getBytes(StandardCharsets.US_ASCII));
        for (int i = 0; i < 1000; i++) {
            out.write(' ');
            out.flush();
            LockSupport.parkNanos(50_000_000);
        }
    }

    private static BankHttp http(int port) {
        BanksConfig config =
                OqimConfig.from(
                                new Settings(
                                        Map.of(
                                                "admin-key", "an-admin-key-of-thirty-one-char",
                                                "crypto.key",
                                                        "a-crypto-key-of-at-least-thirty-two-characters",
                                                "banks.alpha.url", "http://127.0.0.1:" + port,
                                                "banks.alpha.key", "bank-key"),
                                        Map.of()))
                        .banks();
        BankEndpoint endpoint = config.endpoints().getFirst();
        return new BankHttp(endpoint, config);
    }

    /** A bank on a bare socket, which answers each request as it is told to. */
    private static final class WireBank implements AutoCloseable {
        private final ServerSocket listener =
                new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        private final List<Socket> sockets = new CopyOnWriteArrayList<>();
        private final List<String> heard = new CopyOnWriteArrayList<>();
        private final AtomicInteger connections = new AtomicInteger();
        private final Reply reply;

        private interface Reply {
            void to(OutputStream out) throws IOException;
        }

        WireBank(Reply reply) throws IOException {
            this.reply = reply;
            Thread.ofVirtual().start(this::accept);
        }

        BankHttp http() {
            return BankHttpIT.http(port());
        }

        int port() {
            return listener.getLocalPort();
        }

        List<String> heard() {
            return heard;
        }

        int connections() {
            return connections.get();
        }

        private void accept() {
            try {
                while (true) {
                    Socket socket = listener.accept();
                    sockets.add(socket);
                    connections.incrementAndGet();
                    Thread.ofVirtual().start(() -> serve(socket));
                }
            } catch (IOException e) {
                // The test is over.
            }
        }

        private void serve(Socket socket) {
            try (socket) {
                while (request(socket)) {
                    reply.to(socket.getOutputStream());
                    socket.getOutputStream().flush();
                }
            } catch (IOException e) {
                // The caller left, or was sent away.
            }
        }

        /** Reads head and body of one request. */
        private boolean request(Socket socket) throws IOException {
            StringBuilder line = new StringBuilder();
            int length = 0;
            while (true) {
                int c = socket.getInputStream().read();
                if (c < 0) {
                    return false;
                }
                if (c != '\n') {
                    line.append((char) c);
                    continue;
                }
                String text = line.toString().strip();
                line.setLength(0);
                if (text.isEmpty()) {
                    return socket.getInputStream().readNBytes(length).length == length;
                }
                heard.add(text);
                if (text.toLowerCase(java.util.Locale.ROOT).startsWith("content-length:")) {
                    length = Integer.parseInt(text.substring(15).strip());
                }
            }
        }

        @Override
        public void close() throws IOException {
            listener.close();
            for (Socket socket : sockets) {
                socket.close();
            }
        }
    }
}
