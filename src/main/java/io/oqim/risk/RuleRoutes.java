package io.oqim.risk;

import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.oqim.config.OqimConfig;
import io.oqim.crypto.Hashes;
import io.oqim.http.Answers;
import io.oqim.http.Bodies;
import io.oqim.http.Caller;
import io.oqim.http.Json;
import io.oqim.http.JsonFields;
import io.oqim.http.Problem;
import io.oqim.http.Queries;
import io.oqim.http.Refusal;
import io.oqim.http.Resource;
import io.oqim.store.Database;
import io.oqim.store.TypeId;
import jakarta.json.stream.JsonGenerator;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Semaphore;

/** {@code /v1/risk/rules}: their versions, and what they would have done. */
public final class RuleRoutes implements HttpService {
    private static final Duration RETRY = Duration.ofSeconds(5);

    private final RuleStore store;
    private final PastPayments payments;
    private final Caller caller;
    private final OqimConfig config;
    private final Semaphore runs;

    public RuleRoutes(Database database, PastPayments payments, Caller caller, OqimConfig config) {
        this.store = new RuleStore(database);
        this.payments = payments;
        this.caller = caller;
        this.config = config;
        this.runs = new Semaphore(config.risk().maxDryRuns());
    }

    @Override
    public void routing(HttpRules rules) {
        Resource.at(rules, "/v1/risk/rules").put(this::add).get(this::newest).done();
        Resource.at(rules, "/v1/risk/rules/dry_run").post(this::dryRun).done();
        Resource.at(rules, "/v1/risk/rules/{version}").get(this::version).done();
    }

    private void add(ServerRequest request, ServerResponse response) throws InterruptedException {
        long tenant = caller.tenant(request, List.of());
        Rules rules = RulesJson.read(Bodies.json(request, config.server().maxBodyBytes()));
        answer(response, store.add(tenant, rules));
    }

    private void newest(ServerRequest request, ServerResponse response)
            throws InterruptedException {
        long tenant = caller.tenant(request, List.of());
        answer(response, store.newest(tenant).orElseThrow(RuleRoutes::missing));
    }

    private void version(ServerRequest request, ServerResponse response)
            throws InterruptedException {
        long tenant = caller.tenant(request, List.of());
        String text = request.path().pathParameters().get("version");
        if (!text.matches("[1-9][0-9]{0,17}")) {
            throw missing();
        }
        answer(
                response,
                store.version(tenant, Long.parseLong(text)).orElseThrow(RuleRoutes::missing));
    }

    /** Tries rules on past payments: those of the body, or else those that hold. */
    private void dryRun(ServerRequest request, ServerResponse response)
            throws InterruptedException {
        long tenant = caller.tenant(request, List.of());
        JsonFields body = Bodies.json(request, config.server().maxBodyBytes());
        Instant since =
                body.optionalText("created_gte", 40)
                        .map(text -> Queries.time(body.at("created_gte"), text))
                        .orElse(Instant.EPOCH);
        Optional<UUID> after =
                body.optionalText("after", 100).map(text -> payment(text, body.at("after")));
        Rules rules = body.has("rules") ? RulesJson.read(body) : newest(tenant, body);
        if (!runs.tryAcquire()) {
            throw new Refusal(
                    Problem.busy("overloaded", "Too many dry runs are under way.", RETRY));
        }
        try {
            long end = System.nanoTime() + config.risk().dryRunTime().toNanos();
            DryRun.Report report =
                    new DryRun(payments, config.risk().dryRunPage())
                            .run(
                                    tenant,
                                    rules,
                                    new PastCounts(
                                            new Hashes(config.crypto().key()),
                                            config.risk().velocityWindow(),
                                            config.risk().localCounts()),
                                    new DryRun.Extent(
                                            after.orElseGet(() -> TypeId.first(since)),
                                            config.risk().dryRunPayments(),
                                            end));
            Answers.json(response, 200, Json.bytes(out -> write(out, report)));
        } finally {
            runs.release();
        }
    }

    private Rules newest(long tenant, JsonFields body) {
        body.end();
        return store.newest(tenant).map(RuleStore.Kept::rules).orElse(Rules.NONE);
    }

    private static UUID payment(String text, String param) {
        return TypeId.parse("pay", text)
                .orElseThrow(
                        () ->
                                new Refusal(
                                        Problem.refused(
                                                "invalid_value",
                                                param,
                                                "It must be the 'through' of a run before.")));
    }

    private static Refusal missing() {
        return new Refusal(Problem.notFound("version of the rules"));
    }

    private static void answer(ServerResponse response, RuleStore.Kept kept) {
        Answers.json(
                response,
                200,
                Json.bytes(
                        out -> {
                            out.writeStartObject();
                            out.write("object", "risk_rules");
                            out.write("version", kept.rules().version());
                            RulesJson.write(out, kept.rules());
                            out.write("created", Json.time(kept.created()));
                            out.writeEnd();
                        }));
    }

    private static void write(JsonGenerator out, DryRun.Report report) {
        out.writeStartObject();
        out.write("object", "risk_dry_run");
        out.write("looked", report.looked());
        out.write("through", TypeId.text("pay", report.through()));
        out.write("has_more", report.more());
        out.writeStartObject("hits");
        report.hits().forEach(out::write);
        out.writeEnd();
        out.writeStartObject("outcomes");
        for (Action action : Action.values()) {
            DryRun.Outcome outcome = report.outcomes().getOrDefault(action, DryRun.Outcome.NONE);
            out.writeStartObject(action.text());
            out.write("payments", outcome.payments());
            out.write("captured", outcome.captured());
            out.writeStartArray("examples");
            outcome.examples().forEach(id -> out.write(TypeId.text("pay", id)));
            out.writeEnd();
            out.writeEnd();
        }
        out.writeEnd();
        out.writeEnd();
    }
}
