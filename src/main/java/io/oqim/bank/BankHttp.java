package io.oqim.bank;

import io.oqim.concurrent.TimeLimit;
import io.oqim.config.BankEndpoint;
import io.oqim.config.BanksConfig;
import io.oqim.observe.Scope;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * HTTP/1.1 to one bank: kept connections, a deadline on the whole call, a bounded answer, and proof
 * whether a byte may have left.
 *
 * <p>The proof: until the last look at the clock, which comes after the connection stands, nothing
 * is written. What fails before that was not sent; what fails after it is unknown. A call is never
 * made a second time here.
 *
 * <p>Our own client, and not a library's, for that proof (docs/decisions/0008-bank-client.md).
 */
public final class BankHttp {
    private final BankConnections connections;
    private final String basePath;
    private final String headers;
    private final int maxResponse;
    private final Duration connectTimeout;

    public BankHttp(BankEndpoint endpoint, BanksConfig config) {
        this(
                endpoint,
                config,
                new BankConnections(endpoint.url(), config, endpoint.tls().sockets()));
    }

    BankHttp(BankEndpoint endpoint, BanksConfig config, BankConnections connections) {
        URI url = URI.create(endpoint.url().toASCIIString());
        this.connections = connections;
        this.basePath = url.getRawPath();
        this.maxResponse = config.maxResponseBytes();
        this.connectTimeout = config.connectTimeout();
        this.headers =
                " HTTP/1.1\r\nHost: "
                        + url.getRawAuthority()
                        + "\r\nAuthorization: Bearer "
                        + endpoint.key().reveal()
                        + "\r\nAccept: application/json\r\n";
    }

    /** How a bank is asked. */
    public enum Method {
        GET,
        POST
    }

    /**
     * Sends a request and reads its answer; blocks for the call's deadline at most.
     *
     * @param path of printable ASCII, from {@code /} or {@code ?} on, behind the bank's base URL
     * @param body JSON; empty for GET
     */
    public HttpAnswer exchange(Method method, String path, byte[] body, BankCall call) {
        byte[] request = request(method, path, body);
        boolean started = false;
        try (TimeLimit limit = TimeLimit.of(call.deadline())) {
            try {
                long asked = System.nanoTime();
                BankConnection connection = connections.take();
                if (call.tooLate()) {
                    connections.give(connection);
                    // One that needs this long to connect, or to greet, is slow itself.
                    boolean slow = System.nanoTime() - asked > connectTimeout.toNanos();
                    return new HttpAnswer.NotSent("too late to send", !slow);
                }
                started = true;
                return answer(connection, request);
            } catch (IOException | RuntimeException e) {
                String reason =
                        limit.isOver() ? "no answer within " + call.deadline() : describe(e);
                return started ? new HttpAnswer.Lost(reason) : new HttpAnswer.NotSent(reason);
            }
        }
    }

    private HttpAnswer answer(BankConnection connection, byte[] request) throws IOException {
        boolean reusable = false;
        try {
            connection.write(request);
            AnswerReader.Read read = new AnswerReader(connection, maxResponse).read();
            reusable = read.reusable();
            return new HttpAnswer.Answered(read.status(), read.body());
        } finally {
            if (reusable) {
                connections.give(connection);
            } else {
                connection.close();
            }
        }
    }

    private byte[] request(Method method, String path, byte[] body) {
        String trace =
                Scope.current()
                        .span()
                        .traceparent()
                        .map(value -> "traceparent: " + value + "\r\n")
                        .orElse("");
        String head =
                method.name()
                        + ' '
                        + basePath
                        + (basePath.isEmpty() && path.startsWith("?") ? "/" : "")
                        + path
                        + headers
                        + trace
                        + (body.length == 0
                                ? "\r\n"
                                : "Content-Type: application/json\r\nContent-Length: "
                                        + body.length
                                        + "\r\n\r\n");
        byte[] request = new byte[head.length() + body.length];
        byte[] ascii = head.getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(ascii, 0, request, 0, ascii.length);
        System.arraycopy(body, 0, request, ascii.length, body.length);
        return request;
    }

    /** The kind of trouble; a message of the JDK may quote what was sent. */
    private static String describe(Exception e) {
        return e instanceof AnswerReader.Unreadable unreadable
                ? String.valueOf(unreadable.getMessage())
                : e.getClass().getSimpleName();
    }
}
