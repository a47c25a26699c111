package io.oqim.merchant;

import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.oqim.config.ServerConfig;
import io.oqim.crypto.Hashes;
import io.oqim.http.Answers;
import io.oqim.http.Bodies;
import io.oqim.http.Json;
import io.oqim.http.JsonFields;
import io.oqim.http.Problem;
import io.oqim.http.Queries;
import io.oqim.http.Refusal;
import io.oqim.http.Resource;
import io.oqim.store.Database;
import io.oqim.store.TypeId;
import jakarta.json.stream.JsonGenerator;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** {@code /admin/v1/merchants/{merchant}/signature_keys} on the management port. */
public final class SignatureKeyRoutes implements HttpService {
    private static final int PUBLIC_KEY_BYTES = 32;
    private static final int PUBLIC_KEY_TEXT = 100;
    private static final List<String> MODES = List.of("test", "live");

    private final Merchants merchants;
    private final SignatureKeyStore keys;
    private final Hashes hashes;
    private final AdminAuthentication admin;
    private final int bodyMost;

    public SignatureKeyRoutes(
            Database database, Hashes hashes, AdminAuthentication admin, ServerConfig config) {
        this.merchants = new Merchants(database);
        this.keys = new SignatureKeyStore(database);
        this.hashes = hashes;
        this.admin = admin;
        this.bodyMost = config.maxSmallBody();
    }

    @Override
    public void routing(HttpRules rules) {
        String all = "/admin/v1/merchants/{merchant}/signature_keys";
        Resource.at(rules, all).post(this::create).get(this::list).done();
        Resource.at(rules, all + "/{key}").delete(this::revoke).done();
    }

    private void create(ServerRequest request, ServerResponse response) {
        admin.check(request);
        UUID merchant = AdminRoutes.merchantId(request);
        JsonFields body = Bodies.json(request, bodyMost);
        Mode mode = Mode.parse(body.optionalChoice("mode", MODES).orElse("test")).orElseThrow();
        SignatureKey.Algorithm algorithm =
                body.optionalChoice("algorithm", List.of("hmac-sha256", "ed25519"))
                        .map(SignatureKey.Algorithm::parse)
                        .orElse(SignatureKey.Algorithm.HMAC_SHA256);
        Optional<byte[]> publicKey =
                algorithm == SignatureKey.Algorithm.ED25519
                        ? Optional.of(publicKey(body))
                        : Optional.empty();
        body.end();
        UUID id = TypeId.next();
        SignatureKey key =
                new SignatureKey(id, algorithm, publicKey, TypeId.time(id), Optional.empty());
        if (!keys.add(merchants.tenant(merchant, mode).id(), key)) {
            throw new Refusal(
                    Problem.conflict(
                            "too_many_keys",
                            "The merchant has four active signature keys of this mode; revoke one first."));
        }
        response.header(HeaderNames.CACHE_CONTROL, "no-store");
        Answers.json(response, 201, Json.bytes(out -> write(out, key, mode, true)));
    }

    private static byte[] publicKey(JsonFields body) {
        try {
            byte[] key = Base64.getDecoder().decode(body.text("public_key", PUBLIC_KEY_TEXT));
            if (key.length == PUBLIC_KEY_BYTES) {
                return key;
            }
        } catch (IllegalArgumentException e) {
            // Refused below, like what has another length.
        }
        throw new Refusal(
                Problem.refused(
                        "invalid_value",
                        body.at("public_key"),
                        "It must be the 32 bytes of an Ed25519 public key (RFC 8032), in Base64."));
    }

    private void list(ServerRequest request, ServerResponse response) {
        admin.check(request);
        UUID merchant = AdminRoutes.merchantId(request);
        Mode mode = mode(request);
        List<SignatureKey> all = keys.list(merchants.tenant(merchant, mode).id());
        Answers.json(
                response,
                200,
                Json.list(
                        out -> all.forEach(key -> write(out, key, mode, false)), Optional.empty()));
    }

    private void revoke(ServerRequest request, ServerResponse response) {
        admin.check(request);
        UUID merchant = AdminRoutes.merchantId(request);
        UUID key = AdminRoutes.id("sig", request.path().pathParameters().get("key"), "key");
        Mode mode = mode(request);
        if (!keys.revoke(merchants.tenant(merchant, mode).id(), key)) {
            throw new Refusal(Problem.notFound("key"));
        }
        Answers.nothing(response);
    }

    private static Mode mode(ServerRequest request) {
        String word = Queries.of(request, List.of("mode")).text("mode").orElse("test");
        return Mode.parse(word)
                .orElseThrow(
                        () ->
                                new Refusal(
                                        Problem.refused(
                                                "invalid_value",
                                                "mode",
                                                "It must be test or live.")));
    }

    private void write(JsonGenerator out, SignatureKey key, Mode mode, boolean fresh) {
        out.writeStartObject();
        out.write("id", key.keyId());
        out.write("object", "signature_key");
        out.write("mode", mode.text());
        out.write("algorithm", key.algorithm().text());
        Json.optional(out, "public_key", key.publicKey().map(Base64.getEncoder()::encodeToString));
        if (fresh && key.algorithm() == SignatureKey.Algorithm.HMAC_SHA256) {
            out.write(
                    "secret",
                    Base64.getEncoder().encodeToString(SignatureKey.secret(hashes, key.id())));
        }
        out.write("created", Json.time(key.created()));
        Json.optional(out, "revoked", key.revoked().map(Json::time));
        out.writeEnd();
    }
}
