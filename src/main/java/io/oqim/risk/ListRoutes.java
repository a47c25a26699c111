package io.oqim.risk;

import io.helidon.http.HeaderNames;
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
import io.oqim.http.Problem;
import io.oqim.http.Queries;
import io.oqim.http.Refusal;
import io.oqim.http.Resource;
import io.oqim.store.Database;
import io.oqim.store.TypeId;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** {@code /v1/blocklist} and {@code /v1/allowlist}. */
public final class ListRoutes implements HttpService {
    private static final int LIMIT = 20;
    private static final int LIMIT_MOST = 100;
    private static final UUID FIRST = new UUID(0, 0);
    private static final List<String> PAGE = List.of("limit", "after");

    private final EntryStore store;
    private final EntryJson json;
    private final Caller caller;
    private final OqimConfig config;

    public ListRoutes(
            Database database, Instruments instruments, Caller caller, OqimConfig config) {
        this.store = new EntryStore(database);
        this.json = new EntryJson(new Hashes(config.crypto().key()), instruments);
        this.caller = caller;
        this.config = config;
    }

    @Override
    public void routing(HttpRules rules) {
        for (Entry.Side side : Entry.Side.values()) {
            String all = "/v1/" + side.text() + "list";
            Resource.at(rules, all)
                    .post((request, response) -> put(side, request, response))
                    .get((request, response) -> list(side, request, response))
                    .done();
            Resource.at(rules, all + "/{id}")
                    .get((request, response) -> read(side, request, response))
                    .delete((request, response) -> delete(side, request, response))
                    .done();
        }
    }

    private void put(Entry.Side side, ServerRequest request, ServerResponse response)
            throws InterruptedException {
        long tenant = caller.tenant(request, List.of());
        Entry wanted =
                json.read(tenant, side, Bodies.json(request, config.server().maxSmallBody()));
        int most = config.risk().maxEntries();
        Entry entry =
                store.put(tenant, wanted, most)
                        .orElseThrow(
                                () ->
                                        new Refusal(
                                                Problem.conflict(
                                                        "too_many_entries",
                                                        "A merchant may have "
                                                                + most
                                                                + " entries on its lists in each mode.")));
        boolean fresh = entry.id().equals(wanted.id());
        response.header(
                HeaderNames.LOCATION,
                "/v1/" + side.text() + "list/" + TypeId.text("rle", entry.id()));
        Answers.json(response, fresh ? 201 : 200, Json.bytes(out -> EntryJson.write(out, entry)));
    }

    private void list(Entry.Side side, ServerRequest request, ServerResponse response)
            throws InterruptedException {
        long tenant = caller.tenant(request, PAGE);
        Queries queries = Queries.of(request, PAGE);
        int limit = (int) queries.integer("limit", 1, LIMIT_MOST).orElse(LIMIT);
        UUID after = queries.after("rle").orElse(FIRST);
        List<Entry> found = store.list(tenant, side, after, limit + 1);
        boolean more = found.size() > limit;
        List<Entry> page = more ? found.subList(0, limit) : found;
        Answers.json(
                response,
                200,
                Json.list(
                        out -> page.forEach(entry -> EntryJson.write(out, entry)),
                        more
                                ? Optional.of(TypeId.text("rle", page.getLast().id()))
                                : Optional.empty()));
    }

    private void read(Entry.Side side, ServerRequest request, ServerResponse response)
            throws InterruptedException {
        long tenant = caller.tenant(request, List.of());
        Entry entry =
                store.find(tenant, side, id(request))
                        .orElseThrow(() -> new Refusal(Problem.notFound("entry")));
        Answers.json(response, 200, Json.bytes(out -> EntryJson.write(out, entry)));
    }

    private void delete(Entry.Side side, ServerRequest request, ServerResponse response)
            throws InterruptedException {
        long tenant = caller.tenant(request, List.of());
        if (!store.delete(tenant, side, id(request))) {
            throw new Refusal(Problem.notFound("entry"));
        }
        Answers.nothing(response);
    }

    private static UUID id(ServerRequest request) {
        return TypeId.parse("rle", request.path().pathParameters().get("id"))
                .orElseThrow(() -> new Refusal(Problem.notFound("entry")));
    }
}
