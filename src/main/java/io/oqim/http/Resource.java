package io.oqim.http;

import io.helidon.http.HeaderNames;
import io.helidon.http.Method;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.HttpRules;
import java.util.LinkedHashMap;
import java.util.Map;

/** One path and its methods; every other method gets 405 with {@code Allow}. */
public final class Resource {
    private final HttpRules rules;
    private final String path;
    private final Map<String, Handler> handlers = new LinkedHashMap<>();

    private Resource(HttpRules rules, String path) {
        this.rules = rules;
        this.path = path;
    }

    public static Resource at(HttpRules rules, String path) {
        return new Resource(rules, path);
    }

    public Resource get(Handler handler) {
        handlers.put("GET", handler);
        return this;
    }

    public Resource post(Handler handler) {
        handlers.put("POST", handler);
        return this;
    }

    public Resource put(Handler handler) {
        handlers.put("PUT", handler);
        return this;
    }

    public Resource patch(Handler handler) {
        handlers.put("PATCH", handler);
        return this;
    }

    public Resource delete(Handler handler) {
        handlers.put("DELETE", handler);
        return this;
    }

    /** Registers the path. */
    public void done() {
        handlers.forEach((method, handler) -> rules.route(Method.create(method), path, handler));
        String allowed = String.join(", ", handlers.keySet());
        rules.any(
                path,
                (request, response) -> {
                    response.header(HeaderNames.ALLOW, allowed);
                    throw new Refusal(
                            Problem.of(
                                    405,
                                    "method_not_allowed",
                                    "This resource takes "
                                            + allowed
                                            + ", not "
                                            + request.prologue().method().text()
                                            + "."));
                });
    }
}
