package io.oqim.stream;

import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.oqim.event.Event;
import io.oqim.http.Answers;
import io.oqim.http.Problem;
import io.oqim.http.Queries;
import io.oqim.http.Refusal;
import io.oqim.http.Resource;
import io.oqim.merchant.Authentication;
import io.oqim.merchant.Tenant;
import io.oqim.websocket.WebSocketUpgrade;
import io.oqim.websocket.WebSockets;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** {@code WS /v1/stream} and {@code GET /v1/events}. */
public final class StreamRoutes implements HttpService {
    private static final Set<String> SUBPROTOCOLS = Set.of("oqim.v1");
    private static final int LIMIT = 20;
    private static final int LIMIT_MOST = 100;

    private final StreamParts parts;
    private final Authentication authentication;
    private final WebSocketUpgrade upgrade;
    private final Map<Long, AtomicInteger> open = new ConcurrentHashMap<>();

    StreamRoutes(StreamParts parts, Authentication authentication, WebSockets sockets) {
        this.parts = parts;
        this.authentication = authentication;
        this.upgrade = new WebSocketUpgrade(sockets);
    }

    @Override
    public void routing(HttpRules rules) {
        Resource.at(rules, "/v1/stream").get(this::stream).done();
        Resource.at(rules, "/v1/events").get(this::events).done();
    }

    private void stream(ServerRequest request, ServerResponse response) {
        Tenant tenant = tenant(request);
        Queries queries = Queries.of(request, List.of("after"));
        var after = queries.integer("after", 0, Long.MAX_VALUE);
        AtomicInteger count = open.computeIfAbsent(tenant.id(), id -> new AtomicInteger());
        if (count.get() >= parts.config().maxConnectionsPerTenant()) {
            throw new Refusal(
                    Problem.of(
                                    429,
                                    "too_many_connections",
                                    "This merchant has too many open streams.")
                            .retryAfter(Duration.ofSeconds(5)));
        }
        String subprotocol = WebSocketUpgrade.subprotocol(request, SUBPROTOCOLS).orElse("");
        StreamSession session = new StreamSession(parts, tenant.id(), after, count);
        io.oqim.websocket.Refusal refusal = upgrade.accept(request, response, subprotocol, session);
        refusal.headers()
                .forEach((name, value) -> response.header(HeaderNames.create(name), value));
        Answers.problem(response, problem(refusal));
    }

    private static Problem problem(io.oqim.websocket.Refusal refusal) {
        String code =
                switch (refusal) {
                    case io.oqim.websocket.Refusal.WrongMethod m -> "method_not_allowed";
                    case io.oqim.websocket.Refusal.NotAnUpgrade n -> "upgrade_required";
                    case io.oqim.websocket.Refusal.WrongVersion v -> "upgrade_required";
                    case io.oqim.websocket.Refusal.Malformed m -> "malformed_upgrade";
                    case io.oqim.websocket.Refusal.Full f -> "too_many_connections";
                    case io.oqim.websocket.Refusal.Draining d -> "shutting_down";
                };
        return Problem.of(refusal.status(), code, refusal.detail());
    }

    private void events(ServerRequest request, ServerResponse response) {
        Tenant tenant = tenant(request);
        Queries queries = Queries.of(request, List.of("after", "limit"));
        long after = queries.integer("after", 0, Long.MAX_VALUE).orElse(0);
        int limit = (int) queries.integer("limit", 1, LIMIT_MOST).orElse(LIMIT);
        List<Event> found = parts.log().after(tenant.id(), after, limit + 1);
        boolean more = found.size() > limit;
        Answers.json(response, 200, list(more ? found.subList(0, limit) : found, more, after));
    }

    /** A list whose entries have the very bytes that the stream sends. */
    private static byte[] list(List<Event> events, boolean more, long after) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(1024);
        out.writeBytes("{\"object\":\"list\",\"data\":[".getBytes(StandardCharsets.US_ASCII));
        for (int i = 0; i < events.size(); i++) {
            if (i > 0) {
                out.write(',');
            }
            out.writeBytes(events.get(i).json());
        }
        String next = Long.toString(events.isEmpty() ? after : events.getLast().seq());
        String end = "],\"has_more\":" + more + ",\"next_after\":" + next + "}";
        out.writeBytes(end.getBytes(StandardCharsets.US_ASCII));
        return out.toByteArray();
    }

    private Tenant tenant(ServerRequest request) {
        return authentication.tenant(request.headers().first(HeaderNames.AUTHORIZATION));
    }
}
