package io.oqim.bank;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.oqim.SelfSigned;
import io.oqim.config.BankEndpoint;
import io.oqim.config.BanksConfig;
import io.oqim.config.OqimConfig;
import io.oqim.config.Settings;
import io.oqim.config.TracingConfig;
import io.oqim.observe.Scope;
import io.oqim.observe.Span;
import io.oqim.observe.Tracing;
import io.oqim.testing.Soon;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is known of a call to a bank that misbehaves on the wire, and when that is known. */
class BankHttpIT {
    private static final byte[] BODY = "{\"reference\":\"r-1\"}".getBytes(StandardCharsets.UTF_8);
    private static final Duration PATIENCE = Duration.ofSeconds(10);
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

    /** Recorded or not: whoever began the trace may want to know. */
    @ParameterizedTest
    @ValueSource(strings = {"00", "01"})
    void theBankIsToldOfTheTraceThatTheCallBelongsTo(String flags) throws Exception {
        String trace = "0af7651916cd43dd8448eb211c80319c";
        String callers = "00-" + trace + "-b7ad6b7169203331-" + flags;
        Map<String, String> headers =
                Map.of("traceparent", callers, "tracestate", "rojo=00f067aa0ba902b7");
        TracingConfig nowhere =
                new TracingConfig(
                        Optional.of(URI.create("http://127.0.0.1:9/v1/traces")),
                        100,
                        true,
                        100,
                        PATIENCE,
                        DEADLINE);
        try (WireBank bank = new WireBank(out -> out.write(answer(200, "{}")));
                Tracing tracing = new Tracing(nowhere, "test")) {
            Span request = tracing.request("POST", name -> Optional.ofNullable(headers.get(name)));

            HttpAnswer answered =
                    Scope.current()
                            .within(
                                    request,
                                    () -> bank.http().exchange(post(), "/p", BODY, call()));

            assertThat(answered).isInstanceOf(HttpAnswer.Answered.class);
            assertThat(bank.heard())
                    .anyMatch(
                            line ->
                                    line.matches(
                                                    "traceparent: 00-"
                                                            + trace
                                                            + "-[0-9a-f]{16}-"
                                                            + flags)
                                            && !line.contains("b7ad6b7169203331"))
                    // What the caller says of himself there is not for banks.
                    .noneMatch(line -> line.startsWith("tracestate"));
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
                    .isEqualTo(new HttpAnswer.NotSent("too late to send", true));
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

    @Test
    void anAnswerInChunksIsReadToItsEnd() throws Exception {
        String chunked =
                lines(
                        "HTTP/1.1 200 OK",
                        "Transfer-Encoding: chunked",
                        "",
                        "3;x=1",
                        "{\"a",
                        "A",
                        "\":\"b\"}    ",
                        "0",
                        "Trailer: t",
                        "");
        try (WireBank bank = new WireBank(out -> out.write(ascii(chunked)))) {
            BankHttp http = bank.http();
            for (int i = 0; i < 2; i++) {
                assertThat(body(http.exchange(post(), "/p", BODY, call())).strip())
                        .isEqualTo("{\"a\":\"b\"}");
            }
            assertThat(bank.connections()).isEqualTo(1);
        }
    }

    @Test
    void interimAnswersAreSkipped() throws Exception {
        String interim = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 x\r\nLink: y\r\n\r\n";
        try (WireBank bank =
                new WireBank(
                        out -> {
                            out.write(ascii(interim));
                            out.write(answer(201, "{}"));
                        })) {
            assertThat(body(bank.http().exchange(post(), "/p", BODY, call()))).isEqualTo("{}");
        }
    }

    @Test
    void anAnswerWithoutALengthEndsWithItsConnection() throws Exception {
        try (WireBank bank =
                new WireBank(
                        out -> {
                            out.write(ascii("HTTP/1.0 200 OK\r\n\r\n{\"a\":1}"));
                            out.close();
                        })) {
            BankHttp http = bank.http();
            for (int i = 0; i < 2; i++) {
                assertThat(body(http.exchange(post(), "/p", BODY, call()))).isEqualTo("{\"a\":1}");
            }
            assertThat(bank.connections()).isEqualTo(2);
        }
    }

    @Test
    void aConnectionThatTheBankHasClosedMeanwhileIsNotUsed() throws Exception {
        try (WireBank bank = new WireBank(out -> out.write(answer(200, "{}")))) {
            BankHttp http = bank.http();
            assertThat(body(http.exchange(post(), "/p", BODY, call()))).isEqualTo("{}");
            bank.hangUp();

            assertThat(body(http.exchange(post(), "/p", BODY, call()))).isEqualTo("{}");
            assertThat(bank.connections()).isEqualTo(2);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{} ",
                "HTTP/1.1 200 OK\r\nContent-Length: -2\r\n\r\n{}",
                "HTTP/1.1 200 OK\r\nContent-Length: 0x2\r\n\r\n{}",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}}\r\n0\r\n\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-2\r\n{}\r\n0\r\n\r\n",
                "HTTP/1.1 200 OK\r\nA: b\r\n Content-Length: 2\r\n\r\n{}",
                "HTTP/1.1 2000 OK\r\nContent-Length: 2\r\n\r\n{}",
                "HTTP/2 200\r\n\r\n",
                "<html>\r\n\r\n"
            })
    void anAnswerThatIsNotFramedBeyondDoubtIsNone(String wire) throws Exception {
        try (WireBank bank = new WireBank(out -> out.write(ascii(wire)))) {
            assertThat(bank.http().exchange(post(), "/p", BODY, call()))
                    .isInstanceOf(HttpAnswer.Lost.class);
        }
    }

    @Test
    void aHeadThatNeverEndsIsNotRead() throws Exception {
        try (WireBank bank =
                new WireBank(
                        out -> {
                            out.write(ascii("HTTP/1.1 200 OK\r\n"));
                            while (true) {
                                out.write(
                                        ascii("X-Filler: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n"));
                            }
                        })) {
            assertThat(bank.http().exchange(post(), "/p", BODY, call()))
                    .isEqualTo(new HttpAnswer.Lost("the answer is larger than 65536 bytes"));
        }
    }

    @Test
    void whatFollowsAnAnswerUnaskedIsNotTakenForTheNextOne() throws Exception {
        try (WireBank bank = new WireBank(BankHttpIT::answerAndMore)) {
            assertNothingUnaskedIsTaken(bank, bank.http());
        }
    }

    private static void answerAndMore(OutputStream out) throws IOException {
        out.write(answer(200, "{}"));
        out.write(answer(200, "{\"not\":\"asked\"}"));
    }

    private static void assertNothingUnaskedIsTaken(WireBank bank, BankHttp http) {
        for (int i = 0; i < 3; i++) {
            assertThat(body(http.exchange(post(), "/p", BODY, call()))).isEqualTo("{}");
            bank.untilAllIsSaid(i + 1);
        }
    }

    private static String lines(String... lines) {
        return String.join("\r\n", lines) + "\r\n";
    }

    @Test
    void aBankBehindTlsIsAskedOnConnectionsThatAreKept(@TempDir Path directory) throws Exception {
        SSLContext localhost = SelfSigned.context(directory, "localhost");
        try (WireBank bank =
                new WireBank(
                        localhost.getServerSocketFactory().createServerSocket(0),
                        out -> out.write(answer(200, "{}")))) {
            BankHttp http = secure(bank.port(), localhost);
            for (int i = 0; i < 3; i++) {
                assertThat(body(http.exchange(post(), "/p", BODY, call()))).isEqualTo("{}");
            }
            assertThat(bank.connections()).isEqualTo(1);
        }
    }

    @Test
    void whatFollowsAnAnswerUnaskedIsNotTakenForTheNextOneBehindTlsEither(@TempDir Path directory)
            throws Exception {
        SSLContext localhost = SelfSigned.context(directory, "localhost");
        try (WireBank bank =
                new WireBank(
                        localhost.getServerSocketFactory().createServerSocket(0),
                        BankHttpIT::answerAndMore)) {
            assertNothingUnaskedIsTaken(bank, secure(bank.port(), localhost));
        }
    }

    @Test
    void aBankWithACertificateForAnotherNameIsSentNothing(@TempDir Path directory)
            throws Exception {
        SSLContext another = SelfSigned.context(directory, "another.example");
        try (WireBank bank =
                new WireBank(
                        another.getServerSocketFactory().createServerSocket(0),
                        out -> out.write(answer(200, "{}")))) {
            assertThat(secure(bank.port(), another).exchange(post(), "/p", BODY, call()))
                    .isInstanceOf(HttpAnswer.NotSent.class);
            assertThat(bank.heard()).isEmpty();
        }
    }

    @Test
    void aServerThatNeverGreetsIsGivenUpAtTheDeadlineAndSentNothing(@TempDir Path directory)
            throws Exception {
        SSLContext localhost = SelfSigned.context(directory, "localhost");
        try (ServerSocket silent = new ServerSocket(0)) {
            assertThat(
                            secure(silent.getLocalPort(), localhost)
                                    .exchange(post(), "/p", BODY, call()))
                    .isEqualTo(new HttpAnswer.NotSent("no answer within " + DEADLINE));
        }
    }

    @Test
    void aBankThatGreetsTooLateIsSlowItself(@TempDir Path directory) throws Exception {
        SSLContext localhost = SelfSigned.context(directory, "localhost");
        ServerSocket listener = localhost.getServerSocketFactory().createServerSocket(0);
        Duration window = Duration.ofMillis(100);
        long begun = System.nanoTime();
        BankCall call = new BankCall("r-1", begun + window.toNanos(), PATIENCE);
        try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<HttpAnswer> answer =
                    callers.submit(
                            () ->
                                    secure(listener.getLocalPort(), localhost)
                                            .exchange(post(), "/p", BODY, call));
            Duration late = config("https://localhost").connectTimeout().multipliedBy(2);
            Soon.until("it is late", () -> System.nanoTime() - begun > late.toNanos());
            try (WireBank bank = new WireBank(listener, out -> out.write(answer(200, "{}")))) {
                assertThat(answer.get())
                        .isEqualTo(new HttpAnswer.NotSent("too late to send", false));
                assertThat(bank.heard()).isEmpty();
            }
        }
    }

    private static BankHttp secure(int port, SSLContext trusting) {
        BanksConfig config = config("https://localhost:" + port);
        BankEndpoint endpoint = config.endpoints().getFirst();
        return new BankHttp(
                endpoint,
                config,
                new BankConnections(endpoint.url(), config, trusting.getSocketFactory()));
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static String body(HttpAnswer answer) {
        assertThat(answer).isInstanceOf(HttpAnswer.Answered.class);
        return new String(((HttpAnswer.Answered) answer).body(), StandardCharsets.UTF_8);
    }

    private static BankHttp.Method post() {
        return BankHttp.Method.POST;
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
        BanksConfig config = config("http://127.0.0.1:" + port);
        return new BankHttp(config.endpoints().getFirst(), config);
    }

    private static BanksConfig config(String url) {
        return OqimConfig.from(
                        new Settings(
                                Map.of(
                                        "admin-key",
                                        "an-admin-key-of-thirty-one-char",
                                        "crypto.key",
                                        "a-crypto-key-of-at-least-thirty-two-characters",
                                        "vault.keys",
                                        "local:a2tra2tra2tra2tra2tra2tra2tra2tra2tra2tra2s=",
                                        "banks.alpha.url",
                                        url,
                                        "banks.alpha.key",
                                        "bank-key"),
                                Map.of()))
                .banks();
    }

    /** A bank on a bare socket, which answers each request as it is told to. */
    private static final class WireBank implements AutoCloseable {
        private final ServerSocket listener;
        private final List<Socket> sockets = new CopyOnWriteArrayList<>();
        private final List<String> heard = new CopyOnWriteArrayList<>();
        private final AtomicInteger connections = new AtomicInteger();
        private final AtomicInteger said = new AtomicInteger();
        private final Reply reply;

        private interface Reply {
            void to(OutputStream out) throws IOException;
        }

        WireBank(Reply reply) throws IOException {
            this(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), reply);
        }

        WireBank(ServerSocket listener, Reply reply) {
            this.listener = listener;
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

        /** What it says last may come after the caller has his answer. */
        void untilAllIsSaid(int answers) {
            long end = System.nanoTime() + PATIENCE.toNanos();
            while (said.get() < answers) {
                assertThat(System.nanoTime()).isLessThan(end);
                LockSupport.parkNanos(1_000_000);
            }
        }

        /** Ends the connections that there are, as far as the caller can see. */
        void hangUp() throws IOException {
            for (Socket socket : sockets) {
                socket.shutdownOutput();
            }
        }

        private void accept() {
            try {
                while (true) {
                    Socket socket = listener.accept();
                    socket.setTcpNoDelay(true);
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
                    said.incrementAndGet();
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
