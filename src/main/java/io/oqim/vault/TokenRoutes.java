package io.oqim.vault;

import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.oqim.http.Answers;
import io.oqim.http.Bodies;
import io.oqim.http.Caller;
import io.oqim.http.Json;
import io.oqim.http.Problem;
import io.oqim.http.Queries;
import io.oqim.http.Refusal;
import io.oqim.http.Resource;
import io.oqim.store.TypeId;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** {@code /v1/tokens}. */
public final class TokenRoutes implements HttpService {
    private static final int LIMIT = 20;
    private static final int LIMIT_MOST = 100;
    private static final UUID FIRST = new UUID(0, 0);

    private final Vault vault;
    private final Caller reading;
    private final Caller paying;
    private final int maxBody;

    /**
     * @param reading who may look
     * @param paying who may keep cards and forget them
     * @param maxBody bytes of a request
     */
    public TokenRoutes(Vault vault, Caller reading, Caller paying, int maxBody) {
        this.vault = vault;
        this.reading = reading;
        this.paying = paying;
        this.maxBody = maxBody;
    }

    @Override
    public void routing(HttpRules rules) {
        Resource.at(rules, "/v1/tokens").post(this::create).get(this::list).done();
        Resource.at(rules, "/v1/tokens/{id}").get(this::read).delete(this::delete).done();
    }

    private void create(ServerRequest request, ServerResponse response)
            throws InterruptedException {
        long tenant = paying.tenant(request, List.of());
        TokenJson.Wanted wanted = TokenJson.read(Bodies.json(request, maxBody));
        Token token = vault.keep(tenant, wanted.card(), wanted.customer());
        response.header(HeaderNames.LOCATION, "/v1/tokens/" + TypeId.text("tok", token.id()));
        Answers.json(response, 201, TokenJson.bytes(token));
    }

    private void list(ServerRequest request, ServerResponse response) throws InterruptedException {
        List<String> parameters = List.of("customer", "limit", "after");
        long tenant = reading.tenant(request, parameters);
        Queries queries = Queries.of(request, parameters);
        String customer =
                queries.text("customer")
                        .orElseThrow(
                                () ->
                                        new Refusal(
                                                Problem.malformed(
                                                        "missing_field",
                                                        "customer",
                                                        "Whose tokens are wanted?")));
        int limit = (int) queries.integer("limit", 1, LIMIT_MOST).orElse(LIMIT);
        UUID after = queries.after("tok").orElse(FIRST);
        List<Token> found = vault.list(tenant, customer, after, limit + 1);
        boolean more = found.size() > limit;
        List<Token> page = more ? found.subList(0, limit) : found;
        Answers.json(
                response,
                200,
                Json.list(
                        out -> page.forEach(token -> TokenJson.write(out, token)),
                        more
                                ? Optional.of(TypeId.text("tok", page.getLast().id()))
                                : Optional.empty()));
    }

    private void read(ServerRequest request, ServerResponse response) throws InterruptedException {
        long tenant = reading.tenant(request, List.of("min_seq"));
        Answers.json(response, 200, TokenJson.bytes(find(tenant, id(request))));
    }

    private void delete(ServerRequest request, ServerResponse response)
            throws InterruptedException {
        long tenant = paying.tenant(request, List.of());
        UUID token = id(request);
        if (!vault.delete(tenant, token)) {
            // Told apart only now: there is nothing to say of one that is gone.
            Token pending = find(tenant, token);
            throw new Refusal(
                    Problem.conflict(
                            "token_pending",
                            "Its payment is not decided yet. If it is declined, "
                                    + TypeId.text("tok", pending.id())
                                    + " is removed."));
        }
        Answers.nothing(response);
    }

    private Token find(long tenant, UUID token) {
        return vault.find(tenant, token).orElseThrow(() -> new Refusal(Problem.notFound("token")));
    }

    private static UUID id(ServerRequest request) {
        return TypeId.parse("tok", request.path().pathParameters().get("id"))
                .orElseThrow(() -> new Refusal(Problem.notFound("token")));
    }
}
