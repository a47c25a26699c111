package io.oqim.http;

import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.webserver.http.ServerResponse;
import io.oqim.observe.Scope;

/** Sends answers. */
public final class Answers {
    private Answers() {}

    public static void json(ServerResponse response, int status, byte[] body) {
        send(response, status, "application/json", body);
    }

    /** An answer without a body. */
    public static void nothing(ServerResponse response) {
        response.status(Status.NO_CONTENT_204);
        Seal.press(response, new byte[0]);
        response.send();
    }

    public static void problem(ServerResponse response, Problem problem) {
        problem.retryAfter()
                .ifPresent(
                        after ->
                                response.header(
                                        HeaderNames.RETRY_AFTER,
                                        Long.toString(
                                                Math.max(1, (after.toMillis() + 999) / 1000))));
        if (problem.status() == 401) {
            response.header(HeaderNames.WWW_AUTHENTICATE, "Bearer realm=\"oqim\"");
        }
        send(
                response,
                problem.status(),
                "application/problem+json",
                problem.json(Scope.current().requestId()));
    }

    private static void send(ServerResponse response, int status, String type, byte[] body) {
        response.status(Status.create(status)).header(HeaderNames.CONTENT_TYPE, type);
        Seal.press(response, body);
        response.send(body);
    }
}
