package io.oqim.http;

import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.webserver.http.ServerResponse;
import io.oqim.observe.Scope;

/** Sends answers. */
public final class Answers {
    private Answers() {}

    public static void json(ServerResponse response, int status, byte[] body) {
        response.status(Status.create(status))
                .header(HeaderNames.CONTENT_TYPE, "application/json")
                .send(body);
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
        response.status(Status.create(problem.status()))
                .header(HeaderNames.CONTENT_TYPE, "application/problem+json")
                .send(problem.json(Scope.current().requestId()));
    }
}
