package io.oqim.webhook;

import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.oqim.config.WebhooksConfig;
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
import io.oqim.store.TypeId;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;

/** {@code /v1/webhook_endpoints}. */
public final class WebhookRoutes implements HttpService {
    private static final int LIMIT = 20;
    private static final int LIMIT_MOST = 100;
    private static final int BODY_MOST = 16_384;
    private static final long OVERLAP_MOST = 86_400L * 7;
    private static final UUID FIRST = new UUID(0, 0);
    private static final Duration RETRY = Duration.ofSeconds(1);

    private final WebhooksConfig config;
    private final Authentication authentication;
    private final EndpointStore endpoints;
    private final Signer signer;
    private final Sender sender;
    private final WantedJson wanted;
    private final Semaphore tests;
    private final Set<UUID> beingTested = ConcurrentHashMap.newKeySet();

    WebhookRoutes(
            WebhooksConfig config,
            Authentication authentication,
            EndpointStore endpoints,
            Signer signer,
            Sender sender) {
        this.config = config;
        this.authentication = authentication;
        this.endpoints = endpoints;
        this.signer = signer;
        this.sender = sender;
        this.wanted = new WantedJson(config);
        this.tests = new Semaphore(config.maxTests());
    }

    @Override
    public void routing(HttpRules rules) {
        String all = "/v1/webhook_endpoints";
        String one = all + "/{endpoint}";
        Resource.at(rules, all).post(this::create).get(this::list).done();
        Resource.at(rules, one).get(this::read).patch(this::change).delete(this::delete).done();
        Resource.at(rules, one + "/enable").post(this::enable).done();
        Resource.at(rules, one + "/disable").post(this::disable).done();
        Resource.at(rules, one + "/rotate_secret").post(this::rotate).done();
        Resource.at(rules, one + "/test").post(this::test).done();
    }

    private void create(ServerRequest request, ServerResponse response) {
        long tenant = tenant(request);
        EndpointStore.Wanted asked = wanted.read(Bodies.json(request, BODY_MOST));
        UUID id = TypeId.next();
        UUID secret = TypeId.next();
        Endpoint made =
                endpoints
                        .create(tenant, id, secret, asked, config.maxEndpoints())
                        .orElseThrow(
                                () ->
                                        new Refusal(
                                                Problem.conflict(
                                                        "too_many_endpoints",
                                                        "A merchant may have "
                                                                + config.maxEndpoints()
                                                                + " endpoints in each mode.")));
        response.header(HeaderNames.LOCATION, "/v1/webhook_endpoints/" + TypeId.text("whe", id));
        response.header(HeaderNames.CACHE_CONTROL, "no-store");
        Answers.json(
                response,
                201,
                EndpointJson.bytes(
                        made, signer.publicKey(secret), Optional.of(signer.secret(secret))));
    }

    private void list(ServerRequest request, ServerResponse response) {
        long tenant = tenant(request);
        Queries queries = Queries.of(request, List.of("limit", "after"));
        int limit = (int) queries.integer("limit", 1, LIMIT_MOST).orElse(LIMIT);
        UUID after = queries.after("whe").orElse(FIRST);
        List<Endpoint> found = endpoints.list(tenant, after, limit + 1);
        boolean more = found.size() > limit;
        List<Endpoint> page = more ? found.subList(0, limit) : found;
        List<String> publicKeys = page.stream().map(this::publicKey).toList();
        Answers.json(
                response,
                200,
                Json.list(
                        out -> {
                            for (int i = 0; i < page.size(); i++) {
                                EndpointJson.write(
                                        out, page.get(i), publicKeys.get(i), Optional.empty());
                            }
                        },
                        more
                                ? Optional.of(TypeId.text("whe", page.getLast().id()))
                                : Optional.empty()));
    }

    private void read(ServerRequest request, ServerResponse response) {
        answer(response, endpoint(request));
    }

    private void change(ServerRequest request, ServerResponse response) {
        Endpoint now = endpoint(request);
        EndpointStore.Change asked = wanted.change(Bodies.json(request, BODY_MOST));
        require(endpoints.change(now.tenant(), now.id(), asked));
        answer(response, again(now));
    }

    private void delete(ServerRequest request, ServerResponse response) {
        require(endpoints.delete(tenant(request), id(request)));
        Answers.nothing(response);
    }

    private void enable(ServerRequest request, ServerResponse response) {
        Endpoint now = endpoint(request);
        Bodies.optionalJson(request, BODY_MOST).end();
        endpoints.enable(now.tenant(), now.id());
        answer(response, again(now));
    }

    private void disable(ServerRequest request, ServerResponse response) {
        Endpoint now = endpoint(request);
        Bodies.optionalJson(request, BODY_MOST).end();
        require(endpoints.disable(now.tenant(), now.id()));
        answer(response, again(now));
    }

    private void rotate(ServerRequest request, ServerResponse response) {
        Endpoint now = endpoint(request);
        JsonFields body = Bodies.optionalJson(request, BODY_MOST);
        OptionalLong seconds = body.optionalInteger("overlap");
        body.end();
        if (seconds.isPresent()
                && (seconds.getAsLong() < 0 || seconds.getAsLong() > OVERLAP_MOST)) {
            throw new Refusal(
                    Problem.refused(
                            "invalid_value",
                            "overlap",
                            "It must be from 0 to " + OVERLAP_MOST + " seconds."));
        }
        Duration overlap =
                seconds.isPresent() ? Duration.ofSeconds(seconds.getAsLong()) : config.overlap();
        UUID secret = TypeId.next();
        endpoints.rotate(now.tenant(), now.id(), secret, overlap);
        response.header(HeaderNames.CACHE_CONTROL, "no-store");
        Answers.json(
                response,
                200,
                EndpointJson.bytes(
                        again(now), signer.publicKey(secret), Optional.of(signer.secret(secret))));
    }

    /** Sends a message that is no event, once, and says what came of it. */
    private void test(ServerRequest request, ServerResponse response) {
        Endpoint to = endpoint(request);
        Bodies.optionalJson(request, BODY_MOST).end();
        if (!beingTested.add(to.id())) {
            throw new Refusal(
                    Problem.conflict("test_under_way", "Wait for the other test.")
                            .retryAfter(RETRY));
        }
        try {
            if (!tests.tryAcquire()) {
                throw new Refusal(
                        Problem.busy("overloaded", "Too many tests are under way.", RETRY));
            }
            try {
                test(to, response);
            } finally {
                tests.release();
            }
        } finally {
            beingTested.remove(to.id());
        }
    }

    private void test(Endpoint to, ServerResponse response) {
        String id = TypeId.text("evt", TypeId.next());
        List<UUID> secrets = endpoints.secrets(to.tenant(), to.id(), 10);
        byte[] data = EndpointJson.bytes(to, publicKey(to), Optional.empty());
        Outcome outcome;
        try {
            outcome =
                    sender.send(
                            new Sender.Message(
                                    to.url(), id, message(to, id, data), secrets, false));
        } catch (Names.Busy e) {
            throw new Refusal(Problem.busy("overloaded", "Too many names are looked up.", RETRY));
        }
        Answers.json(response, 200, Json.bytes(out -> DeliveryJson.attempt(out, id, outcome)));
    }

    /** In the form of an event, but for its place in the log, which it does not have. */
    private static byte[] message(Endpoint to, String id, byte[] data) {
        String front =
                "{\"id\":\""
                        + id
                        + "\",\"type\":\"webhook_endpoint.test\",\"created\":\""
                        + EndpointJson.time(Instant.now())
                        + "\",\"webhook_endpoint\":\""
                        + TypeId.text("whe", to.id())
                        + "\",\"data\":";
        return (front + new String(data, StandardCharsets.UTF_8) + "}")
                .getBytes(StandardCharsets.UTF_8);
    }

    private void answer(ServerResponse response, Endpoint endpoint) {
        Answers.json(
                response, 200, EndpointJson.bytes(endpoint, publicKey(endpoint), Optional.empty()));
    }

    private String publicKey(Endpoint endpoint) {
        return signer.publicKey(endpoints.secrets(endpoint.tenant(), endpoint.id(), 1).getFirst());
    }

    private Endpoint again(Endpoint endpoint) {
        return endpoints.find(endpoint.tenant(), endpoint.id()).orElseThrow(WebhookRoutes::missing);
    }

    private Endpoint endpoint(ServerRequest request) {
        return endpoints.find(tenant(request), id(request)).orElseThrow(WebhookRoutes::missing);
    }

    private static void require(boolean there) {
        if (!there) {
            throw missing();
        }
    }

    static Refusal missing() {
        return new Refusal(Problem.notFound("webhook endpoint"));
    }

    static UUID id(ServerRequest request) {
        return TypeId.parse("whe", request.path().pathParameters().get("endpoint"))
                .orElseThrow(WebhookRoutes::missing);
    }

    private long tenant(ServerRequest request) {
        return authentication.tenant(request, KeyScope.ENDPOINTS).id();
    }
}
