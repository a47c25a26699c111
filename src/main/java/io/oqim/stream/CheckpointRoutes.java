package io.oqim.stream;

import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.oqim.event.Checkpoint;
import io.oqim.event.CheckpointStore;
import io.oqim.http.Answers;
import io.oqim.http.Json;
import io.oqim.http.Queries;
import io.oqim.http.Resource;
import io.oqim.merchant.Authentication;
import io.oqim.merchant.KeyScope;
import io.oqim.merchant.Tenant;
import io.oqim.store.TypeId;
import jakarta.json.stream.JsonGenerator;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/** What Oqim has signed of a log, and with which keys. */
public final class CheckpointRoutes implements HttpService {
    private static final int LIMIT = 20;
    private static final int LIMIT_MOST = 100;

    private final CheckpointStore store;
    private final Authentication authentication;

    CheckpointRoutes(CheckpointStore store, Authentication authentication) {
        this.store = store;
        this.authentication = authentication;
    }

    @Override
    public void routing(HttpRules rules) {
        Resource.at(rules, "/v1/events/checkpoints").get(this::checkpoints).done();
        Resource.at(rules, "/v1/events/keys").get(this::keys).done();
    }

    private void checkpoints(ServerRequest request, ServerResponse response) {
        Tenant tenant = tenant(request);
        Queries queries = Queries.of(request, List.of("after", "limit"));
        long before = queries.integer("after", 1, Long.MAX_VALUE).orElse(Long.MAX_VALUE);
        int limit = (int) queries.integer("limit", 1, LIMIT_MOST).orElse(LIMIT);
        List<Checkpoint> found = store.before(tenant.id(), before, limit + 1);
        boolean more = found.size() > limit;
        List<Checkpoint> page = more ? found.subList(0, limit) : found;
        Answers.json(
                response,
                200,
                Json.list(
                        out -> page.forEach(checkpoint -> write(out, tenant, checkpoint)),
                        more
                                ? Optional.of(Long.toString(page.getLast().seq()))
                                : Optional.empty()));
    }

    private void keys(ServerRequest request, ServerResponse response) {
        Tenant ignored = tenant(request);
        List<CheckpointStore.Key> keys = store.keys();
        Answers.json(
                response,
                200,
                Json.list(out -> keys.forEach(key -> write(out, key)), Optional.empty()));
    }

    private static void write(JsonGenerator out, Tenant tenant, Checkpoint checkpoint) {
        out.writeStartObject();
        out.write("object", "checkpoint");
        out.write("merchant", TypeId.text("mer", tenant.merchant()));
        out.write("mode", tenant.mode().text());
        out.write("seq", checkpoint.seq());
        out.write("hash", HexFormat.of().formatHex(checkpoint.hash()));
        out.write("signed", checkpoint.signedText());
        out.write("key", checkpoint.key());
        out.write("signature", Base64.getEncoder().encodeToString(checkpoint.signature()));
        out.writeEnd();
    }

    private static void write(JsonGenerator out, CheckpointStore.Key key) {
        out.writeStartObject();
        out.write("object", "signing_key");
        out.write("id", key.id());
        out.write("public_key", Base64.getEncoder().encodeToString(key.publicKey()));
        out.write("created", key.created().toString());
        out.writeEnd();
    }

    private Tenant tenant(ServerRequest request) {
        return authentication.tenant(request, KeyScope.READ);
    }
}
