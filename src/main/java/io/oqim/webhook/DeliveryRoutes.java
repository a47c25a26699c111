package io.oqim.webhook;

import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.oqim.config.WebhooksConfig;
import io.oqim.event.EventLog;
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
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.stream.Collectors;

/** What was sent to an endpoint, and what is to be sent once more. */
public final class DeliveryRoutes implements HttpService {
    private static final int LIMIT = 20;
    private static final int LIMIT_MOST = 100;
    private static final int BODY_MOST = 16_384;

    /**
     * How far the time in an event's id may be from the time at which it was written: almost always
     * less than the first, and more than the others only after an outage or with a clock that is
     * wrong.
     */
    private static final List<Duration> AROUND =
            List.of(Duration.ofSeconds(10), Duration.ofMinutes(10), Duration.ofDays(1));

    private final WebhooksConfig config;
    private final Authentication authentication;
    private final EndpointStore endpoints;
    private final DeliveryStore deliveries;
    private final EventLog log;

    DeliveryRoutes(WebhookParts parts, Authentication authentication) {
        this.config = parts.config();
        this.authentication = authentication;
        this.endpoints = parts.endpoints();
        this.deliveries = parts.deliveries();
        this.log = parts.log();
    }

    @Override
    public void routing(HttpRules rules) {
        String one = "/v1/webhook_endpoints/{endpoint}";
        Resource.at(rules, one + "/deliveries").get(this::list).done();
        Resource.at(rules, one + "/replays").post(this::replay).done();
        Resource.at(rules, one + "/replays/{replay}").get(this::read).done();
    }

    private void list(ServerRequest request, ServerResponse response) {
        Endpoint endpoint = endpoint(request);
        Queries queries = Queries.of(request, List.of("limit", "after", "status"));
        int limit = (int) queries.integer("limit", 1, LIMIT_MOST).orElse(LIMIT);
        long before = queries.integer("after", 1, Long.MAX_VALUE).orElse(Long.MAX_VALUE);
        Optional<String> status = queries.text("status");
        if (status.isPresent()
                && !List.of("pending", "failed", "delivered").contains(status.get())) {
            throw refused("status", "It must be one of: pending, failed, delivered.");
        }
        DeliveryStore.Page found =
                deliveries.list(endpoint.tenant(), endpoint.id(), before, status, limit);
        List<DeliveryStore.Listed> page = found.deliveries();
        Map<Long, List<DeliveryStore.Attempt>> attempts =
                deliveries
                        .attempts(
                                endpoint.tenant(),
                                endpoint.id(),
                                page.stream().map(DeliveryStore.Listed::seq).toList())
                        .stream()
                        .collect(Collectors.groupingBy(DeliveryStore.Attempt::seq));
        Answers.json(
                response,
                200,
                Json.list(
                        out ->
                                page.forEach(
                                        delivery ->
                                                DeliveryJson.write(
                                                        out,
                                                        delivery,
                                                        attempts.getOrDefault(
                                                                delivery.seq(), List.of()))),
                        found.more()
                                ? Optional.of(Long.toString(page.getLast().seq()))
                                : Optional.empty()));
    }

    private void replay(ServerRequest request, ServerResponse response) {
        Endpoint endpoint = endpoint(request);
        Replay replay = replay(endpoint, Bodies.json(request, BODY_MOST));
        if (endpoint.disabled().isPresent()) {
            throw new Refusal(Problem.conflict("endpoint_disabled", "Enable the endpoint first."));
        }
        if (!deliveries.add(endpoint.tenant(), endpoint.id(), replay, config.maxReplays())) {
            throw new Refusal(
                    Problem.conflict(
                            "too_many_replays",
                            "Wait until one of the endpoint's replays is done."));
        }
        response.header(
                HeaderNames.LOCATION,
                "/v1/webhook_endpoints/"
                        + TypeId.text("whe", endpoint.id())
                        + "/replays/"
                        + TypeId.text("whr", replay.id()));
        Answers.json(response, 202, Json.bytes(out -> DeliveryJson.write(out, replay)));
    }

    private Replay replay(Endpoint endpoint, JsonFields body) {
        Optional<String> event = body.optionalText("event", 100);
        OptionalLong from = body.optionalInteger("from_seq");
        OptionalLong to = body.optionalInteger("to_seq");
        Optional<Instant> since =
                body.optionalText("created_gte", 40).map(t -> time("created_gte", t));
        Optional<Instant> until =
                body.optionalText("created_lt", 40).map(t -> time("created_lt", t));
        body.end();
        int ways =
                (event.isPresent() ? 1 : 0)
                        + (from.isPresent() || to.isPresent() ? 1 : 0)
                        + (since.isPresent() || until.isPresent() ? 1 : 0);
        if (ways != 1) {
            throw new Refusal(
                    Problem.malformed(
                            "missing_field",
                            "event",
                            "Say what to send again: an event, from_seq and to_seq, or created_gte and"
                                    + " created_lt; one of these ways."));
        }
        EventLog.Bounds bounds = log.bounds(endpoint.tenant());
        if (event.isPresent()) {
            long seq = seq(endpoint, event.get());
            return checked(endpoint, bounds, seq, seq, false);
        }
        if (from.isPresent() || to.isPresent()) {
            return checked(
                    endpoint,
                    bounds,
                    from.orElse(bounds.oldest()),
                    to.orElse(endpoint.cursor()),
                    true);
        }
        long first =
                since.map(time -> log.firstSince(endpoint.tenant(), time)).orElse(bounds.oldest());
        long last =
                until.map(time -> log.firstSince(endpoint.tenant(), time) - 1)
                        .orElse(endpoint.cursor());
        return checked(endpoint, bounds, first, Math.min(last, endpoint.cursor()), true);
    }

    private long seq(Endpoint endpoint, String event) {
        UUID id =
                TypeId.parse("evt", event)
                        .orElseThrow(() -> refused("event", "It must be the id of an event."));
        return AROUND.stream()
                .flatMap(around -> log.seq(endpoint.tenant(), id, around).stream())
                .findFirst()
                .orElseThrow(() -> new Refusal(Problem.notFound("event")));
    }

    /** What lies above the cursor comes anyway. */
    private static Replay checked(
            Endpoint endpoint, EventLog.Bounds bounds, long from, long to, boolean filtered) {
        if (from < bounds.oldest()) {
            throw refused("from_seq", "The oldest event that is kept is " + bounds.oldest() + ".");
        }
        if (to > endpoint.cursor()) {
            throw refused(
                    "to_seq",
                    "It must not be above the endpoint's cursor, " + endpoint.cursor() + ".");
        }
        if (to < from) {
            throw refused("to_seq", "There is no event in this range.");
        }
        return new Replay(TypeId.next(), from, to, from - 1, filtered, Instant.now());
    }

    private void read(ServerRequest request, ServerResponse response) {
        Endpoint endpoint = endpoint(request);
        Replay replay =
                TypeId.parse("whr", request.path().pathParameters().get("replay"))
                        .flatMap(id -> deliveries.replay(endpoint.tenant(), endpoint.id(), id))
                        .orElseThrow(() -> new Refusal(Problem.notFound("replay")));
        Answers.json(response, 200, Json.bytes(out -> DeliveryJson.write(out, replay)));
    }

    private Endpoint endpoint(ServerRequest request) {
        long tenant = authentication.tenant(request, KeyScope.ENDPOINTS).id();
        return endpoints
                .find(tenant, WebhookRoutes.id(request))
                .orElseThrow(WebhookRoutes::missing);
    }

    private static Instant time(String name, String text) {
        try {
            return Instant.parse(text);
        } catch (DateTimeException e) {
            throw refused(
                    name, "It must be an RFC 3339 time in UTC, such as 2026-11-01T00:00:00Z.");
        }
    }

    private static Refusal refused(String param, String detail) {
        return new Refusal(Problem.refused("invalid_value", param, detail));
    }
}
