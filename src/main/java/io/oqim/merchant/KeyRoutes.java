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
import io.oqim.http.Refusal;
import io.oqim.http.Resource;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;

/** {@code /admin/v1/merchants/{merchant}/keys} on the management port. */
public final class KeyRoutes implements HttpService {
    private static final long OVERLAP = 86_400;
    private static final long OVERLAP_MOST = OVERLAP * 30;

    private final Merchants merchants;
    private final AdminAuthentication admin;
    private final int bodyMost;

    public KeyRoutes(Merchants merchants, AdminAuthentication admin, ServerConfig config) {
        this.merchants = merchants;
        this.admin = admin;
        this.bodyMost = config.maxSmallBody();
    }

    @Override
    public void routing(HttpRules rules) {
        String all = "/admin/v1/merchants/{merchant}/keys";
        Resource.at(rules, all).post(this::issue).get(this::list).done();
        Resource.at(rules, all + "/{key}").patch(this::change).delete(this::revoke).done();
        Resource.at(rules, all + "/{key}/rotate").post(this::rotate).done();
    }

    private void issue(ServerRequest request, ServerResponse response) {
        admin.check(request);
        UUID merchant = AdminRoutes.merchantId(request);
        JsonFields body = Bodies.json(request, bodyMost);
        String word = body.optionalChoice("mode", List.of("test", "live")).orElse("test");
        KeyTerms terms = KeyJson.terms(body);
        body.end();
        created(response, merchants.issue(merchant, Mode.parse(word).orElseThrow(), terms));
    }

    private void list(ServerRequest request, ServerResponse response) {
        admin.check(request);
        UUID merchant = AdminRoutes.merchantId(request);
        var ignored = merchants.merchant(merchant);
        List<KeyStore.KeyRow> keys = merchants.keys(merchant);
        Answers.json(
                response,
                200,
                Json.list(out -> keys.forEach(key -> KeyJson.write(out, key)), Optional.empty()));
    }

    private void change(ServerRequest request, ServerResponse response) {
        admin.check(request);
        UUID merchant = AdminRoutes.merchantId(request);
        UUID key = key(request);
        JsonFields body = Bodies.json(request, bodyMost);
        KeyStore.Change change = KeyJson.change(body);
        body.end();
        KeyStore.KeyRow changed = merchants.change(merchant, key, change);
        Answers.json(response, 200, Json.bytes(out -> KeyJson.write(out, changed)));
    }

    private void rotate(ServerRequest request, ServerResponse response) {
        admin.check(request);
        UUID merchant = AdminRoutes.merchantId(request);
        UUID key = key(request);
        JsonFields body = Bodies.optionalJson(request, bodyMost);
        OptionalLong overlap = body.optionalInteger("overlap");
        body.end();
        long seconds = overlap.orElse(OVERLAP);
        if (seconds < 0 || seconds > OVERLAP_MOST) {
            throw new Refusal(
                    Problem.refused(
                            "invalid_value",
                            "overlap",
                            "It must be from 0 to " + OVERLAP_MOST + " seconds."));
        }
        created(response, merchants.rotate(merchant, key, Duration.ofSeconds(seconds)));
    }

    private void revoke(ServerRequest request, ServerResponse response) {
        admin.check(request);
        merchants.revoke(AdminRoutes.merchantId(request), key(request));
        Answers.nothing(response);
    }

    private static void created(ServerResponse response, Merchants.Issued issued) {
        response.header(HeaderNames.CACHE_CONTROL, "no-store");
        Answers.json(response, 201, KeyJson.issued(issued));
    }

    private static UUID key(ServerRequest request) {
        return AdminRoutes.id("key", request.path().pathParameters().get("key"), "key");
    }
}
