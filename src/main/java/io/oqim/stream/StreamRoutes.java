package io.oqim.stream;

import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.oqim.http.Answers;
import io.oqim.http.Bodies;
import io.oqim.http.Json;
import io.oqim.http.JsonFields;
import io.oqim.http.Problem;
import io.oqim.http.Queries;
import io.oqim.http.Refusal;
import io.oqim.http.Resource;
import io.oqim.merchant.Authentication;
import io.oqim.merchant.KeyScope;
import io.oqim.websocket.Upgraded;
import io.oqim.websocket.WebSocketUpgrade;
import io.oqim.websocket.WebSockets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/** {@code WS /v1/stream}, and what belongs to it: tickets and consumers. */
public final class StreamRoutes implements HttpService {
    private static final Set<String> SUBPROTOCOLS = Set.of("oqim.v1");
    private static final List<String> STREAM =
            List.of(
                    "after",
                    "after_hash",
                    "epoch",
                    "types",
                    "payment",
                    "consumer",
                    "trace",
                    "ticket");
    private static final HeaderName ORIGIN = HeaderNames.create("Origin");
    private static final Pattern ORIGINS =
            Pattern.compile("https?://[A-Za-z0-9.\\-\\[\\]:]{1,280}");
    private static final int LIMIT = 20;
    private static final int LIMIT_MOST = 100;
    private static final int BODY_MOST = 4096;

    private final StreamParts parts;
    private final Openers openers;
    private final Authentication authentication;
    private final WebSocketUpgrade upgrade;

    StreamRoutes(
            StreamParts parts, Openers openers, Authentication authentication, WebSockets sockets) {
        this.parts = parts;
        this.openers = openers;
        this.authentication = authentication;
        this.upgrade = new WebSocketUpgrade(sockets);
    }

    @Override
    public void routing(HttpRules rules) {
        Resource.at(rules, "/v1/stream").get(this::stream).done();
        Resource.at(rules, "/v1/stream/tickets").post(this::ticket).done();
        Resource.at(rules, "/v1/stream/consumers").get(this::consumers).done();
        Resource.at(rules, "/v1/stream/consumers/{name}")
                .get(this::consumer)
                .delete(this::forget)
                .done();
    }

    private void stream(ServerRequest request, ServerResponse response) {
        Queries queries = Queries.of(request, STREAM);
        Optional<Subscribe> atOnce = StreamQueries.subscribe(queries);
        // A ticket is good once: it is not spent on what would be refused whoever asks.
        Optional<io.oqim.websocket.Refusal> refused = upgrade.check(request);
        if (refused.isPresent()) {
            answer(response, refused.get());
            return;
        }
        Optional<String> ticket = queries.text("ticket");
        Openers.Opening opening =
                ticket.isPresent() && !request.headers().contains(HeaderNames.AUTHORIZATION)
                        ? openers.byTicket(ticket.get(), request.headers().first(ORIGIN))
                        : new Openers.Open(
                                openers.byKey(authentication.enter(request, KeyScope.READ)));
        String subprotocol = WebSocketUpgrade.subprotocol(request, SUBPROTOCOLS).orElse("");
        io.oqim.websocket.Refusal refusal =
                switch (opening) {
                    case Openers.Open(Session.Opener opener) when opener.actor().isPresent() ->
                            withPlace(
                                    opener,
                                    () ->
                                            upgrade.accept(
                                                    request,
                                                    response,
                                                    subprotocol,
                                                    new StreamSession(
                                                            parts, opener, true, atOnce)));
                    // A browser cannot see why a handshake failed; it can see why a socket closed.
                    case Openers.Open(Session.Opener opener) ->
                            upgrade.accept(
                                    request,
                                    response,
                                    subprotocol,
                                    new StreamSession(parts, opener, false, atOnce));
                    case Openers.NotGood() ->
                            upgrade.accept(request, response, subprotocol, new BadTicket());
                };
        answer(response, refusal);
    }

    private static void answer(ServerResponse response, io.oqim.websocket.Refusal refusal) {
        refusal.headers()
                .forEach((name, value) -> response.header(HeaderNames.create(name), value));
        Answers.problem(response, problem(refusal));
    }

    /** Keeps a place for the socket; it is the socket's once the upgrade has left this way. */
    private io.oqim.websocket.Refusal withPlace(
            Session.Opener opener, Supplier<io.oqim.websocket.Refusal> accept) {
        openers.enter(opener.tenant());
        boolean taken = false;
        try {
            return accept.get();
        } catch (Upgraded upgraded) {
            taken = true;
            throw upgraded;
        } finally {
            if (!taken) {
                parts.sessions().leave(opener.tenant());
            }
        }
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

    private void ticket(ServerRequest request, ServerResponse response) {
        Authentication.Caller caller = caller(request);
        JsonFields body = Bodies.optionalJson(request, BODY_MOST);
        Optional<String> origin = body.optionalText("origin", 300);
        body.end();
        if (origin.isPresent() && !ORIGINS.matcher(origin.get()).matches()) {
            throw new Refusal(
                    Problem.refused(
                            "invalid_value",
                            "origin",
                            "It must be an origin, such as https://shop.example."));
        }
        Tickets.Issued issued =
                parts.tickets()
                        .issue(new TicketStore.Ticket(caller.tenant().id(), caller.key(), origin));
        response.header(HeaderNames.CACHE_CONTROL, "no-store");
        Answers.json(
                response,
                201,
                Json.bytes(
                        out -> {
                            out.writeStartObject();
                            out.write("object", "stream_ticket");
                            out.write("ticket", issued.secret());
                            out.write("expires", issued.expires().toString());
                            out.writeEnd();
                        }));
    }

    private void consumers(ServerRequest request, ServerResponse response) {
        long tenant = caller(request).tenant().id();
        Queries queries = Queries.of(request, List.of("limit", "after"));
        int limit = (int) queries.integer("limit", 1, LIMIT_MOST).orElse(LIMIT);
        List<ConsumerStore.Listed> found =
                parts.consumers().store().list(tenant, queries.text("after").orElse(""), limit + 1);
        boolean more = found.size() > limit;
        List<ConsumerStore.Listed> page = more ? found.subList(0, limit) : found;
        Answers.json(
                response,
                200,
                Json.list(
                        out -> page.forEach(consumer -> write(out, consumer)),
                        more ? Optional.of(page.getLast().name()) : Optional.empty()));
    }

    private void consumer(ServerRequest request, ServerResponse response) {
        long tenant = caller(request).tenant().id();
        ConsumerStore.Listed found =
                parts.consumers()
                        .store()
                        .listed(tenant, name(request))
                        .orElseThrow(() -> new Refusal(Problem.notFound("consumer")));
        Answers.json(response, 200, Json.bytes(out -> write(out, found)));
    }

    private void forget(ServerRequest request, ServerResponse response) {
        long tenant = caller(request).tenant().id();
        if (!parts.consumers().store().delete(tenant, name(request))) {
            throw new Refusal(Problem.notFound("consumer"));
        }
        Answers.nothing(response);
    }

    private static String name(ServerRequest request) {
        return request.path().pathParameters().get("name");
    }

    private static void write(
            jakarta.json.stream.JsonGenerator out, ConsumerStore.Listed consumer) {
        out.writeStartObject();
        out.write("object", "consumer");
        out.write("name", consumer.name());
        out.write("seq", consumer.seq());
        out.write("epoch", consumer.epoch());
        Instant updated = consumer.updated().toInstant();
        out.write("updated", updated.toString());
        out.writeEnd();
    }

    private Authentication.Caller caller(ServerRequest request) {
        return authentication.enter(request, KeyScope.READ);
    }
}
