package io.oqim;

import static org.assertj.core.api.Assertions.assertThat;

import io.oqim.store.TypeId;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Requests that are nearly right, {@code -Doqim.nonsense} of them for each surface (10,000 with
 * {@code -Psoak}): none is answered 5xx, tells anything of the inside, or leaves a stack trace in
 * the log, and a payment works after them.
 */
class NonsenseIT {
    private static final int CASES = Integer.getInteger("oqim.nonsense", 500);
    private static final long SEED = Long.getLong("oqim.nonsense.seed", 1);
    private static final int AT_ONCE = 8;
    private static final int ANSWER_MOST = 4_000_000;
    private static final Path LOG = Path.of("target", "it", "nonsense.log");
    private static final Pattern STATUS = Pattern.compile("^HTTP/1\\.[01] ([0-9]{3})");

    /** What no answer says. */
    private static final Pattern INSIDE =
            Pattern.compile(
                    "Exception|\\bat [a-z]+\\.[a-z.]+\\(|java\\.|io\\.oqim\\.|helidon|org\\.postgresql|SQLSTATE|"
                            + Rig.ADMIN_KEY
                            + "|"
                            + Rig.BANK_KEY
                            + "|a-crypto-key-for-tests");

    private static Rig rig;
    private static GatewayProcess process;
    private static String payment;
    private static String merchant;
    private static String dispute;

    /** A request that makes sense. */
    private record Sense(String method, String path, String body) {}

    @BeforeAll
    static void start() throws IOException {
        rig = Rig.start();
        // What its amount makes a bank do is tried elsewhere.
        rig.bank().put("/control/suffixes", "{\"enabled\":false}");
        Files.deleteIfExists(LOG);
        process = GatewayProcess.start(rig, Rig.freePort(), "nonsense.log", List.of("-Xmx192m"));
        payment = process.api().pay(1_000).text("id");
        merchant = TypeId.text("mer", rig.merchant());
        dispute = "/v1/disputes/" + new Disputed(rig).disputed(1_000, "").getString("id");
        System.out.println("NonsenseIT: " + CASES + " a surface, seed " + SEED);
    }

    @AfterAll
    static void stop() {
        process.close();
        rig.close();
    }

    @Test
    void bodies() throws Exception {
        List<Sense> all = bodiesThatMakeSense();
        tried(
                "bodies",
                process.port(),
                nonsense -> {
                    Sense sense = nonsense.oneOf(all);
                    byte[] body = nonsense.of(sense.body().getBytes(StandardCharsets.UTF_8));
                    return request(sense.method() + " " + sense.path(), rig.key(), "", body);
                },
                true);
    }

    @Test
    void pathsAndQueries() throws Exception {
        List<String> all =
                List.of(
                        "/v1/payments?limit=2&status=captured&created_gte=2026-01-01T00:00:00Z",
                        "/v1/payments?after=" + payment + "&metadata[k]=v&reference=r",
                        "/v1/payments?review=pending",
                        "/v1/payments/" + payment,
                        "/v1/payments/" + payment + "/operations?limit=1",
                        "/v1/payments/" + payment + "/trace",
                        "/v1/idempotency_keys/k",
                        "/v1/events?after=0&limit=2",
                        "/v1/events/export?from_seq=1",
                        "/v1/events/checkpoints",
                        "/v1/balance?min_seq=1",
                        "/v1/ledger/entries?payment=" + payment,
                        "/v1/ledger/export?format=csv",
                        "/v1/tokens?customer=c",
                        "/v1/blocklist?limit=2",
                        "/v1/risk/rules/1",
                        "/v1/webhook_endpoints",
                        "/v1/disputes?status=won&limit=2",
                        dispute,
                        dispute + "/files",
                        "/v1/signature_key",
                        "/openapi.yaml");
        tried(
                "paths",
                process.port(),
                nonsense -> {
                    // What is no address any more is tried below.
                    String path =
                            nonsense.of(nonsense.oneOf(all))
                                    .replaceAll("[\\x00-\\x20\\x7f]", "%20");
                    return request("GET /" + path.replaceFirst("^/", ""), rig.key(), "", null);
                },
                true);
    }

    @Test
    void headers() throws Exception {
        Map<String, String> all =
                Map.of(
                        "Authorization", "Bearer " + rig.key(),
                        "Idempotency-Key", "\"a-key\"",
                        "Payment-Deadline", "8",
                        "Content-Type", "application/json; charset=utf-8",
                        "Content-Digest", "sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:",
                        "Signature-Input",
                                "s=(\"@method\" \"@path\" \"content-digest\");created=1618884473;keyid=\"sig_01h455vb4pex5vsknk084sn02q\"",
                        "Signature", "s=:pxcQw6G3AjtMBQjwo8XzkZf/bws5LelbaMk5rGIGtE8=:",
                        "Accept-Signature", "s=(\"@status\" \"content-digest\");keyid=\"k\"",
                        "traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                        "X-Forwarded-For", "192.0.2.1, 2001:db8::1");
        List<String> names = List.copyOf(all.keySet());
        tried(
                "headers",
                process.port(),
                nonsense -> {
                    StringBuilder more = new StringBuilder();
                    String changed = nonsense.oneOf(names);
                    all.forEach(
                            (name, value) -> {
                                boolean signature =
                                        name.startsWith("Sig") || name.startsWith("Con");
                                if (name.equals(changed)) {
                                    more.append(name)
                                            .append(": ")
                                            .append(nonsense.of(value).replaceAll("[\\r\\n]", ""))
                                            .append("\r\n");
                                } else if (!signature || changed.startsWith("Sig")) {
                                    more.append(name).append(": ").append(value).append("\r\n");
                                }
                            });
                    byte[] body = Api.payment(1_000).getBytes(StandardCharsets.UTF_8);
                    return request("POST /v1/payments", "", more.toString(), body);
                },
                true);
    }

    @Test
    void bytesOfHttp() throws Exception {
        byte[] whole =
                request(
                        "POST /v1/payments",
                        rig.key(),
                        "Idempotency-Key: raw\r\n",
                        Api.payment(1_000).getBytes(StandardCharsets.UTF_8));
        byte[] chunked =
                ("POST /v1/payments HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n"
                                + "Content-Type: application/json\r\nIdempotency-Key: k\r\nAuthorization: Bearer "
                                + rig.key()
                                + "\r\n\r\n5\r\n{\"a\":\r\n2\r\n1}\r\n0\r\n\r\n")
                        .getBytes(StandardCharsets.UTF_8);
        tried(
                "http",
                process.port(),
                nonsense -> nonsense.of(nonsense.once(3) ? chunked : whole),
                false);
    }

    @Test
    void framesOfASocket() throws Exception {
        String command =
                "{\"type\":\"command\",\"id\":\"1\",\"key\":\"%s\",\"command\":\"create\",\"body\":"
                        + Api.payment(1_000)
                        + "}";
        List<String> all =
                List.of(
                        "{\"type\":\"subscribe\",\"after\":0,\"types\":[\"payment.*\"],\"credit\":5}",
                        "{\"type\":\"subscribe\",\"after\":0,\"after_hash\":\""
                                + "0".repeat(64)
                                + "\"}",
                        "{\"type\":\"subscribe\",\"after\":0,\"payment\":\"" + payment + "\"}",
                        "{\"type\":\"ack\",\"seq\":1}",
                        "{\"type\":\"credit\",\"events\":5}",
                        command.formatted("s-1"));
        byte[] upgrade =
                request(
                        "GET /v1/stream",
                        rig.key(),
                        """
                        Upgrade: websocket
                        Connection: Upgrade
                        Sec-WebSocket-Version: 13
                        Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==
                        Sec-WebSocket-Protocol: oqim.v1
                        """
                                .replace("\n", "\r\n"),
                        null);
        assertThat(exchange(process.port(), upgrade)).startsWith("HTTP/1.1 101 ");
        tried(
                "frames",
                process.port(),
                nonsense -> {
                    ByteArrayOutputStream out = new ByteArrayOutputStream();
                    out.writeBytes(upgrade);
                    boolean framed = nonsense.once(2);
                    for (int i = 0; i < 3; i++) {
                        byte[] text = nonsense.oneOf(all).getBytes(StandardCharsets.UTF_8);
                        byte[] frame = frame(framed ? nonsense.of(text) : text);
                        out.writeBytes(framed ? frame : nonsense.of(frame));
                    }
                    // A client says goodbye; if it is understood by then.
                    out.writeBytes(new byte[] {(byte) 0x88, (byte) 0x80, 0, 0, 0, 0});
                    return out.toByteArray();
                },
                true);
    }

    /** A text frame, under a mask of zeros. */
    private static byte[] frame(byte[] text) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(0x81);
        if (text.length < 126) {
            out.write(0x80 | text.length);
        } else {
            out.write(0x80 | 126);
            out.write(text.length >> 8);
            out.write(text.length);
        }
        out.writeBytes(new byte[4]);
        out.writeBytes(text);
        return out.toByteArray();
    }

    @Test
    void callbacks() throws Exception {
        String body =
                "{\"reference\":\"r-1\",\"status\":\"approved\",\"operation\":\"sale\",\"dispute\":\"d\"}";
        tried(
                "callbacks",
                process.port(),
                nonsense ->
                        request(
                                "POST /callbacks/" + (nonsense.once(2) ? "alpha/1" : "al%70ha/x"),
                                "",
                                "",
                                nonsense.of(body.getBytes(StandardCharsets.UTF_8))),
                true);
    }

    @Test
    void files() throws Exception {
        byte[] pdf = Disputed.pdf(300);
        tried(
                "files",
                process.port(),
                nonsense ->
                        request(
                                "POST "
                                        + dispute
                                        + "/files?name="
                                        + nonsense.of("a.pdf").replaceAll("[^\\x21-\\x7e]", "%20"),
                                rig.key(),
                                "Content-Type: application/pdf\r\n",
                                nonsense.of(pdf)),
                true);
    }

    @Test
    void management() throws Exception {
        String of = "/admin/v1/merchants/" + merchant;
        List<Sense> all =
                List.of(
                        new Sense("POST", "/admin/v1/merchants", "{\"name\":\"A shop\"}"),
                        new Sense(
                                "PUT",
                                of + "/policy/live",
                                "{\"card_limit\":5,\"on_deadline\":\"settle\",\"rate_limit\":100,\"resolve_within\":60,"
                                        + "\"fees\":[{\"currency\":\"UZS\",\"percent\":\"1.5\",\"fixed\":100}]}"),
                        new Sense(
                                "POST",
                                of + "/keys",
                                "{\"mode\":\"live\",\"scopes\":[\"read\"],\"allowed_ips\":[\"192.0.2.0/24\"]}"),
                        new Sense(
                                "POST",
                                of + "/signature_keys",
                                "{\"mode\":\"live\",\"algorithm\":\"ed25519\",\"public_key\":\"JrQLj5P/89iXES9+vFgrIy29clF9CC/oPPsw3c5D0bs=\"}"),
                        new Sense(
                                "POST",
                                "/admin/v1/unsettled/op_01h455vb4pex5vsknk084sn02q",
                                "{\"outcome\":\"failed\",\"by\":\"ann\",\"reason\":\"asked\"}"));
        int port = java.net.URI.create(process.management().url()).getPort();
        tried(
                "management",
                port,
                nonsense -> {
                    Sense sense = nonsense.oneOf(all);
                    byte[] body = nonsense.of(sense.body().getBytes(StandardCharsets.UTF_8));
                    return request(sense.method() + " " + sense.path(), Rig.ADMIN_KEY, "", body);
                },
                true);
    }

    private static List<Sense> bodiesThatMakeSense() {
        String at = "/v1/payments/" + payment;
        return List.of(
                new Sense(
                        "POST",
                        "/v1/payments",
                        Api.payment(
                                1_000,
                                Api.CARD,
                                ",\"reference\":\"r\",\"metadata\":{\"k\":\"v\"},\"return_url\":\"https://shop.example/\","
                                        + "\"customer\":{\"id\":\"c\",\"email\":\"a@example.com\",\"ip\":\"192.0.2.1\",\"country\":\"UZ\"}")),
                new Sense(
                        "POST",
                        "/v1/payments",
                        Api.byBankToken(1_000, "alpha", "bt_424242_4242_203012_approved")),
                new Sense("POST", at + "/captures", "{\"amount\":5,\"final\":true}"),
                new Sense("POST", at + "/refunds", "{\"amount\":5}"),
                new Sense("POST", at + "/adjustments", "{\"amount\":2000}"),
                new Sense("POST", at + "/cancel", "{}"),
                new Sense("POST", at + "/accept", "{\"by\":\"ann\",\"reason\":\"known\"}"),
                new Sense(
                        "POST",
                        "/v1/tokens",
                        "{\"card\":{\"number\":\"4242424242424242\",\"exp_month\":12,\"exp_year\":2030},\"customer\":\"c\"}"),
                new Sense(
                        "POST",
                        "/v1/blocklist",
                        "{\"kind\":\"ip\",\"value\":\"198.51.100.0/24\",\"reason\":\"x\",\"expires\":\"2030-01-01T00:00:00Z\"}"),
                new Sense(
                        "POST",
                        "/v1/risk/rules/dry_run",
                        "{\"rules\":[{\"name\":\"r\",\"when\":{\"amount\":{\"gt\":1},\"ip\":{\"in\":[\"192.0.2.0/24\"]},"
                                + "\"card_count\":{\"gte\":3}},\"then\":\"block\"}],\"block_at\":5,\"created_gte\":\"2026-01-01T00:00:00Z\"}"),
                new Sense(
                        "POST",
                        "/v1/webhook_endpoints",
                        "{\"url\":\"https://shop.example/hooks\",\"types\":[\"payment.*\"],\"description\":\"d\"}"),
                new Sense("POST", dispute + "/contest", "{\"text\":\"a\",\"files\":[]}"),
                new Sense("POST", "/v1/stream/tickets", "{\"types\":[\"payment.*\"]}"));
    }

    /**
     * Tries nonsense, and looks at each answer, then at the log, then pays.
     *
     * @param answered whether each has to be answered, since its frame is right
     */
    private static void tried(
            String surface, int port, Function<Nonsense, byte[]> maker, boolean answered)
            throws Exception {
        List<Future<String>> faults = new ArrayList<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE)) {
            for (int i = 0; i < CASES; i++) {
                long seed = SEED * 1_000_003 + surface.hashCode() * 31L + i;
                faults.add(
                        threads.submit(
                                () -> {
                                    byte[] request = maker.apply(new Nonsense(new Random(seed)));
                                    String fault = fault(exchange(port, request), answered);
                                    return fault.isEmpty()
                                            ? ""
                                            : fault
                                                    + "\n  of "
                                                    + new String(
                                                            request, StandardCharsets.ISO_8859_1);
                                }));
            }
        }
        List<String> found = new ArrayList<>();
        for (Future<String> fault : faults) {
            if (!fault.get().isEmpty()) {
                found.add(fault.get());
            }
        }
        assertThat(found.stream().limit(10)).as(found.size() + " of " + CASES).isEmpty();
        assertThat(
                        Files.readAllLines(LOG).stream()
                                .filter(
                                        line ->
                                                line.contains("\"level\":\"ERROR\"")
                                                        || line.contains("\"throwable\":{"))
                                .limit(5))
                .isEmpty();
        assertThat(process.isAlive()).isTrue();
        assertThat(process.api().pay(1_000).text("status")).isEqualTo("captured");
    }

    private static String fault(String answer, boolean answered) {
        Matcher status = STATUS.matcher(answer);
        if (!status.find()) {
            return answered || !answer.isEmpty() ? "not answered: " + answer : "";
        }
        int code = Integer.parseInt(status.group(1));
        if (code >= 500) {
            return answer;
        }
        if (code == 101) {
            // 1011, an internal error of the server's.
            return answer.contains("\u0003\u00f3") || INSIDE.matcher(answer).find() ? answer : "";
        }
        if (code >= 400 && answer.contains(Api.CARD)) {
            return "tells the card: " + answer;
        }
        Matcher inside = INSIDE.matcher(answer);
        return code >= 400 && inside.find() ? "tells '" + inside.group() + "': " + answer : "";
    }

    private static byte[] request(String line, String key, String headers, byte[] body) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        StringBuilder head = new StringBuilder(line).append(" HTTP/1.1\r\nHost: 127.0.0.1\r\n");
        if (!key.isEmpty()) {
            head.append("Authorization: Bearer ").append(key).append("\r\n");
        }
        if (!headers.contains("Idempotency-Key")) {
            head.append("Idempotency-Key: n-").append(java.util.UUID.randomUUID()).append("\r\n");
        }
        head.append(headers);
        if (body != null) {
            if (!headers.contains("Content-Type")) {
                head.append("Content-Type: application/json\r\n");
            }
            head.append("Content-Length: ").append(body.length).append("\r\n");
        }
        out.writeBytes(head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1));
        if (body != null) {
            out.writeBytes(body);
        }
        return out.toByteArray();
    }

    /** Sends it, and no more; returns all that comes until the server closes. */
    private static String exchange(int port, byte[] request) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(30_000);
            try {
                socket.getOutputStream().write(request);
                socket.shutdownOutput();
            } catch (IOException e) {
                // It may answer and close before it has read everything.
            }
            return all(socket.getInputStream());
        }
    }

    private static String all(InputStream in) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        byte[] some = new byte[8192];
        try {
            int read = in.read(some);
            while (read >= 0 && all.size() < ANSWER_MOST) {
                all.write(some, 0, read);
                read = in.read(some);
            }
        } catch (java.net.SocketException e) {
            // Closed with what was not read; what it said before counts.
        }
        return all.toString(StandardCharsets.ISO_8859_1);
    }
}
