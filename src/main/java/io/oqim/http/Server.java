package io.oqim.http;

import io.helidon.common.socket.SocketOptions;
import io.helidon.http.DirectHandler;
import io.helidon.http.HeaderNames;
import io.helidon.http.HttpException;
import io.helidon.http.ServerResponseHeaders;
import io.helidon.http.Status;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.http.DirectHandlers;
import io.helidon.webserver.http.HttpRouting;
import io.oqim.store.TypeId;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * What all ports share: the filters of each request ({@link Requests} first), and problems for
 * every error.
 */
public final class Server {
    static final io.helidon.http.HeaderName REQUEST_ID = HeaderNames.create("Request-Id");

    /** A larger one hides slow readers in the kernel, where nobody counts them. */
    private static final int SEND_BUFFER = 32_768;

    private static final Problem MALFORMED =
            Problem.of(400, "malformed_request", "The request is not valid HTTP/1.1.");

    private Server() {}

    /** Routing with everything but the routes. */
    public static HttpRouting.Builder routing(
            Requests requests, Shedding shedding, Farewell farewell) {
        return HttpRouting.builder()
                .addFilter(requests)
                .addFilter(farewell)
                .addFilter(shedding)
                .error(
                        Refusal.class,
                        (request, response, refusal) ->
                                Answers.problem(response, refusal.problem()))
                .error(
                        HttpException.class,
                        (request, response, e) -> Answers.problem(response, problem(e)))
                .error(
                        RuntimeException.class,
                        (request, response, e) -> {
                            if (e instanceof CloseConnectionException close) {
                                throw close;
                            }
                            Answers.problem(response, Failures.problem(e));
                        });
    }

    /**
     * Options of accepted sockets. Their reads have no time-out of their own, which would wake a
     * thread for each: time limits are set on a request's headers and on its body, and idle
     * connections are looked for.
     */
    public static SocketOptions socketOptions() {
        return SocketOptions.builder()
                .socketSendBufferSize(SEND_BUFFER)
                .readTimeout(Duration.ZERO)
                .tcpNoDelay(true)
                .socketKeepAlive(true)
                .build();
    }

    /**
     * Problems for requests that never reach a route: unreadable, or larger than a limit.
     *
     * @param pause before the answer, on the connection's own thread: who floods is slowed down by
     *     it, and nobody else
     */
    public static DirectHandlers directHandlers(int bodyMost, Duration pause) {
        DirectHandlers.Builder handlers = DirectHandlers.builder();
        Arrays.stream(DirectHandler.EventType.values())
                .forEach(type -> handlers.addHandler(type, new Unroutable(bodyMost, pause)));
        return handlers.build();
    }

    /** Answers what never reached a route. */
    private record Unroutable(int bodyMost, Duration pause) implements DirectHandler {
        /**
         * What a connection could not read. Helidon takes some of it, such as an end in the middle
         * of the headers, for a fault of its own.
         */
        @Override
        public TransportResponse handle(
                TransportRequest request,
                EventType type,
                Status status,
                ServerResponseHeaders headers,
                @Nullable String message) {
            return answer(
                    type == EventType.INTERNAL_ERROR
                            ? MALFORMED
                            : direct(status, message == null ? "" : message, bodyMost),
                    headers);
        }

        /** What went wrong in a route. */
        @Override
        public TransportResponse handle(
                TransportRequest request,
                EventType type,
                Status status,
                ServerResponseHeaders headers,
                Throwable thrown,
                System.@Nullable Logger logger) {
            String message = thrown.getMessage();
            return answer(direct(status, message == null ? "" : message, bodyMost), headers);
        }

        private TransportResponse answer(Problem problem, ServerResponseHeaders headers) {
            if (problem.status() < 500) {
                LockSupport.parkNanos(pause.toNanos());
            }
            String id = TypeId.text("req", TypeId.next());
            headers.set(HeaderNames.CONTENT_TYPE, "application/problem+json");
            headers.set(REQUEST_ID, id);
            return TransportResponse.builder()
                    .status(Status.create(problem.status()))
                    .headers(headers)
                    .keepAlive(false)
                    .entity(problem.json(id))
                    .build();
        }
    }

    private static Problem direct(Status status, String message, int bodyMost) {
        return switch (status.code()) {
            case 413 ->
                    Problem.of(
                            413,
                            "body_too_large",
                            "Nothing here takes more than " + bodyMost + " bytes.");
            case 431 ->
                    Problem.of(431, "headers_too_large", "The request's headers are too large.");
            case 503 ->
                    Problem.busy("overloaded", "Too many requests at once.", Duration.ofSeconds(1));
            case 500 ->
                    Problem.of(500, "internal_error", "Something is wrong here; it was recorded.");
            case 414 -> Problem.of(414, "uri_too_long", "The request's address is too long.");
            default ->
                    // Helidon tells headers that are too large by its message alone.
                    message.contains("Header size exceeded")
                            ? Problem.of(
                                    431,
                                    "headers_too_large",
                                    "The request's headers are too large.")
                            : MALFORMED;
        };
    }

    private static Problem problem(HttpException e) {
        int status = e.status().code();
        return switch (status) {
            case 404 -> Problem.of(404, "not_found", "There is nothing at this address.");
            case 413 -> Problem.of(413, "body_too_large", "The body is too large.");
            case 503 ->
                    Problem.busy("overloaded", "Too many requests at once.", Duration.ofSeconds(1));
            default ->
                    status >= 500
                            ? Problem.of(
                                    500,
                                    "internal_error",
                                    "Something is wrong here; it was recorded.")
                            : Problem.of(
                                    status,
                                    "malformed_request",
                                    "The request cannot be understood.");
        };
    }
}
