package io.oqim.payment;

import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.oqim.bank.DisputeNews;
import io.oqim.config.DisputesConfig;
import io.oqim.config.OqimConfig;
import io.oqim.config.ServerConfig;
import io.oqim.http.Answers;
import io.oqim.http.Bodies;
import io.oqim.http.Json;
import io.oqim.http.JsonFields;
import io.oqim.http.Problem;
import io.oqim.http.Queries;
import io.oqim.http.Refusal;
import io.oqim.http.Resource;
import io.oqim.merchant.KeyScope;
import io.oqim.merchant.Tenant;
import io.oqim.store.TypeId;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;

/**
 * {@code /v1/disputes}: what banks' customers want back, and what the merchant says to it. A
 * dispute is responded to once, so no idempotency key is needed. Who responds may give money up, so
 * the key has to be good for refunds.
 */
final class DisputeRoutes implements HttpService {
    private static final int LIMIT = 20;
    private static final int LIMIT_MOST = 100;
    private static final int NAME_MOST = 100;
    private static final List<String> LIST =
            List.of("min_seq", "limit", "after", "status", "payment");
    private static final List<String> ONE = List.of("min_seq");
    private static final List<String> FILE = List.of("name");

    private final DisputeStore store;
    private final DisputeResponses responses;
    private final DisputeUploads uploads;
    private final FreshReads fresh;
    private final ServerConfig server;
    private final DisputesConfig config;

    DisputeRoutes(
            DisputeStore store,
            DisputeResponses responses,
            DisputeUploads uploads,
            FreshReads fresh,
            OqimConfig config) {
        this.store = store;
        this.responses = responses;
        this.uploads = uploads;
        this.fresh = fresh;
        this.server = config.server();
        this.config = config.disputes();
    }

    @Override
    public void routing(HttpRules rules) {
        Resource.at(rules, "/v1/disputes").get(this::list).done();
        Resource.at(rules, "/v1/disputes/{id}").get(this::read).done();
        Resource.at(rules, "/v1/disputes/{id}/contest").post(this::contest).done();
        Resource.at(rules, "/v1/disputes/{id}/accept").post(this::accept).done();
        Resource.at(rules, "/v1/disputes/{id}/files").get(this::files).post(this::upload).done();
    }

    private void list(ServerRequest request, ServerResponse response) throws InterruptedException {
        Tenant tenant = fresh.reader(request, LIST);
        Queries queries = Queries.of(request, LIST);
        int limit = (int) queries.integer("limit", 1, LIMIT_MOST).orElse(LIMIT);
        List<Dispute> found =
                store.list(
                        tenant.id(),
                        new DisputeStore.Filter(
                                queries.text("status").map(DisputeRoutes::standing),
                                queries.id("payment", "pay"),
                                queries.after("dsp")),
                        limit + 1);
        boolean more = found.size() > limit;
        List<Dispute> page = more ? found.subList(0, limit) : found;
        Answers.json(
                response,
                200,
                Json.list(
                        out -> page.forEach(dispute -> DisputeJson.write(out, dispute)),
                        more
                                ? Optional.of(TypeId.text("dsp", page.getLast().id()))
                                : Optional.empty()));
    }

    private void read(ServerRequest request, ServerResponse response) throws InterruptedException {
        Tenant tenant = fresh.reader(request, ONE);
        Answers.json(response, 200, DisputeJson.bytes(responses.find(tenant.id(), id(request))));
    }

    private void contest(ServerRequest request, ServerResponse response)
            throws InterruptedException {
        Tenant tenant = fresh.tenant(request, KeyScope.REFUND, List.of());
        UUID dispute = id(request);
        JsonFields body = Bodies.optionalJson(request, server.maxBodyBytes());
        Optional<String> text = body.optionalText("text", config.maxText());
        Optional<List<UUID>> files =
                body.optionalTexts("files", config.maxFiles(), 100)
                        .map(ids -> ids.stream().map(DisputeRoutes::file).toList());
        body.end();
        answer(
                response,
                responses.respond(tenant, dispute, new DisputeResponses.Word(false, text, files)));
    }

    private void accept(ServerRequest request, ServerResponse response)
            throws InterruptedException {
        Tenant tenant = fresh.tenant(request, KeyScope.REFUND, List.of());
        UUID dispute = id(request);
        Bodies.optionalJson(request, server.maxSmallBody()).end();
        answer(
                response,
                responses.respond(
                        tenant,
                        dispute,
                        new DisputeResponses.Word(true, Optional.empty(), Optional.empty())));
    }

    private static void answer(ServerResponse response, DisputeResponses.Stands stands) {
        Dispute dispute = stands.dispute();
        if (stands.seq() > 0) {
            response.header(PaymentRoutes.EVENT_SEQ, Long.toString(stands.seq()));
        }
        response.header(HeaderNames.LOCATION, "/v1/disputes/" + TypeId.text("dsp", dispute.id()));
        if (dispute.sending()) {
            response.header(HeaderNames.RETRY_AFTER, "1");
        }
        Answers.json(response, dispute.sending() ? 202 : 200, DisputeJson.bytes(dispute));
    }

    private void files(ServerRequest request, ServerResponse response) throws InterruptedException {
        Tenant tenant = fresh.reader(request, ONE);
        Dispute dispute = responses.find(tenant.id(), id(request));
        List<DisputeFile> files = store.files(tenant.id(), dispute.id());
        Answers.json(
                response,
                200,
                Json.list(
                        out -> files.forEach(file -> DisputeJson.write(out, file)),
                        Optional.empty()));
    }

    private void upload(ServerRequest request, ServerResponse response)
            throws InterruptedException {
        Tenant tenant = fresh.tenant(request, KeyScope.REFUND);
        String name =
                Queries.of(request, FILE)
                        .text("name")
                        .filter(text -> text.length() <= NAME_MOST)
                        .filter(text -> text.matches("[^\\p{Cntrl}/\\\\]+"))
                        .orElseThrow(
                                () ->
                                        new Refusal(
                                                Problem.refused(
                                                        "invalid_value",
                                                        "name",
                                                        "Say in the query what the file is called: 1 to "
                                                                + NAME_MOST
                                                                + " characters, none of them a control"
                                                                + " character or a slash.")));
        DisputeFile file =
                uploads.take(
                        tenant.id(),
                        new DisputeUploads.Coming(id(request), name, type(request)),
                        parts ->
                                Bodies.inParts(
                                        request, config.maxFileBytes(), DisputeFile.PART, parts));
        response.header(
                HeaderNames.LOCATION,
                "/v1/disputes/" + TypeId.text("dsp", file.dispute()) + "/files");
        Answers.json(response, 201, Json.bytes(out -> DisputeJson.write(out, file)));
    }

    private static DisputeFile.Type type(ServerRequest request) {
        Optional<String> declared = request.headers().first(HeaderNames.CONTENT_TYPE);
        return declared.map(text -> text.split(";", 2)[0].strip().toLowerCase(Locale.ROOT))
                .flatMap(DisputeFile.Type::of)
                .orElseThrow(
                        () ->
                                new Refusal(
                                        Problem.of(
                                                        415,
                                                        "unsupported_media_type",
                                                        "Send the file as one of: "
                                                                + String.join(
                                                                        ", ",
                                                                        DisputeFile.Type.all())
                                                                + ".")
                                                .about("Content-Type")));
    }

    private static UUID id(ServerRequest request) {
        return TypeId.parse("dsp", request.path().pathParameters().get("id"))
                .orElseThrow(() -> new Refusal(Problem.notFound("dispute")));
    }

    private static UUID file(String text) {
        return TypeId.parse("dfl", text)
                .orElseThrow(
                        () ->
                                new Refusal(
                                        Problem.refused(
                                                "invalid_value",
                                                "files",
                                                "This dispute has no such file.")));
    }

    private static DisputeNews.Standing standing(String text) {
        return Arrays.stream(DisputeNews.Standing.values())
                .filter(standing -> Dispute.text(standing).equals(text))
                .findAny()
                .orElseThrow(
                        () ->
                                new Refusal(
                                        Problem.refused(
                                                "invalid_value",
                                                "status",
                                                "It must be one of: "
                                                        + String.join(
                                                                ", ",
                                                                Arrays.stream(
                                                                                DisputeNews.Standing
                                                                                        .values())
                                                                        .map(Dispute::text)
                                                                        .toList())
                                                        + ".")));
    }
}
