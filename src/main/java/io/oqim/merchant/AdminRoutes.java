package io.oqim.merchant;

import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.oqim.config.ServerConfig;
import io.oqim.http.Answers;
import io.oqim.http.Bodies;
import io.oqim.http.Json;
import io.oqim.http.JsonFields;
import io.oqim.http.Problem;
import io.oqim.http.Queries;
import io.oqim.http.Refusal;
import io.oqim.http.Resource;
import io.oqim.store.TypeId;
import jakarta.json.stream.JsonGenerator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.UUID;

/** {@code /admin/v1/merchants} on the management port. */
public final class AdminRoutes implements HttpService {
    private final Merchants merchants;
    private final int bodyMost;
    private final AdminAuthentication admin;

    public AdminRoutes(Merchants merchants, AdminAuthentication admin, ServerConfig config) {
        this.merchants = merchants;
        this.admin = admin;
        this.bodyMost = config.maxSmallBody();
    }

    @Override
    public void routing(HttpRules rules) {
        Resource.at(rules, "/admin/v1/merchants").post(this::create).get(this::list).done();
        Resource.at(rules, "/admin/v1/merchants/{merchant}").get(this::read).done();
        Resource.at(rules, "/admin/v1/merchants/{merchant}/policy/{mode}")
                .get(this::policy)
                .put(this::changePolicy)
                .done();
    }

    private void create(ServerRequest request, ServerResponse response) {
        admin.check(request);
        JsonFields body = Bodies.json(request, bodyMost);
        String name = body.text("name", 200);
        OptionalLong limit = body.optionalInteger("card_limit");
        body.end();
        if (limit.isPresent() && (limit.getAsLong() < 0 || limit.getAsLong() > 1_000_000)) {
            throw new Refusal(
                    Problem.refused(
                            "invalid_value",
                            "card_limit",
                            "It must be from 0 to 1000000; 0 is no limit."));
        }
        UUID id =
                merchants.create(
                        name,
                        limit.isPresent()
                                ? OptionalInt.of((int) limit.getAsLong())
                                : OptionalInt.empty());
        MerchantStore.MerchantRow merchant = merchants.merchant(id);
        response.header(HeaderNames.LOCATION, "/admin/v1/merchants/" + merchant.text());
        Answers.json(response, 201, Json.bytes(out -> write(out, merchant)));
    }

    private void list(ServerRequest request, ServerResponse response) {
        admin.check(request);
        Queries queries = Queries.of(request, List.of("limit", "after"));
        int limit = (int) queries.integer("limit", 1, 100).orElse(20);
        Optional<UUID> after = queries.text("after").map(text -> id("mer", text, "merchant"));
        List<MerchantStore.MerchantRow> found = merchants.merchants(after, limit + 1);
        boolean more = found.size() > limit;
        List<MerchantStore.MerchantRow> page = more ? found.subList(0, limit) : found;
        Answers.json(
                response,
                200,
                Json.list(
                        out -> page.forEach(merchant -> write(out, merchant)),
                        more ? Optional.of(page.getLast().text()) : Optional.empty()));
    }

    private void read(ServerRequest request, ServerResponse response) {
        admin.check(request);
        MerchantStore.MerchantRow merchant = merchants.merchant(merchantId(request));
        Answers.json(response, 200, Json.bytes(out -> write(out, merchant)));
    }

    private void policy(ServerRequest request, ServerResponse response) {
        admin.check(request);
        Tenant tenant = merchants.tenant(merchantId(request), mode(request));
        Answers.json(response, 200, PolicyJson.bytes(tenant));
    }

    private void changePolicy(ServerRequest request, ServerResponse response) {
        admin.check(request);
        UUID merchant = merchantId(request);
        Mode mode = mode(request);
        PolicyJson.Said said = PolicyJson.read(Bodies.json(request, bodyMost));
        Answers.json(response, 200, PolicyJson.bytes(merchants.change(merchant, mode, said)));
    }

    private static Mode mode(ServerRequest request) {
        return Mode.parse(request.path().pathParameters().get("mode"))
                .orElseThrow(() -> new Refusal(Problem.notFound("mode")));
    }

    static UUID merchantId(ServerRequest request) {
        return id("mer", request.path().pathParameters().get("merchant"), "merchant");
    }

    static UUID id(String prefix, String text, String what) {
        return TypeId.parse(prefix, text).orElseThrow(() -> new Refusal(Problem.notFound(what)));
    }

    private static void write(JsonGenerator out, MerchantStore.MerchantRow merchant) {
        out.writeStartObject();
        out.write("id", merchant.text());
        out.write("object", "merchant");
        out.write("name", merchant.name());
        out.write("created", Json.time(merchant.created().toInstant()));
        out.writeEnd();
    }
}
