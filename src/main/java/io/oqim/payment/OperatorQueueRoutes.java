package io.oqim.payment;

import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.oqim.http.Answers;
import io.oqim.http.Bodies;
import io.oqim.http.Json;
import io.oqim.http.JsonFields;
import io.oqim.http.Problem;
import io.oqim.http.Queries;
import io.oqim.http.Refusal;
import io.oqim.http.Resource;
import io.oqim.merchant.AdminAuthentication;
import io.oqim.store.TypeId;
import jakarta.json.stream.JsonGenerator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** {@code /admin/v1/unsettled} on the management port. */
final class OperatorQueueRoutes implements HttpService {
    private static final int LIMIT = 20;
    private static final int LIMIT_MOST = 100;

    private final OperatorQueue queue;
    private final AdminAuthentication admin;
    private final int bodyMost;

    OperatorQueueRoutes(OperatorQueue queue, AdminAuthentication admin, int bodyMost) {
        this.queue = queue;
        this.admin = admin;
        this.bodyMost = bodyMost;
    }

    @Override
    public void routing(HttpRules rules) {
        Resource.at(rules, "/admin/v1/unsettled").get(this::list).done();
        Resource.at(rules, "/admin/v1/unsettled/{operation}").post(this::settle).done();
    }

    private void list(ServerRequest request, ServerResponse response) {
        admin.check(request);
        Queries queries = Queries.of(request, List.of("limit", "after"));
        int limit = (int) queries.integer("limit", 1, LIMIT_MOST).orElse(LIMIT);
        UUID after = queries.after("op").orElse(new UUID(0, 0));
        List<DueStore.Unsettled> found = queue.list(after, limit + 1);
        boolean more = found.size() > limit;
        List<DueStore.Unsettled> page = more ? found.subList(0, limit) : found;
        Answers.json(
                response,
                200,
                Json.list(
                        out -> page.forEach(one -> write(out, one)),
                        more
                                ? Optional.of(
                                        TypeId.text("op", page.getLast().open().operation().id()))
                                : Optional.empty()));
    }

    private void settle(ServerRequest request, ServerResponse response) {
        admin.check(request);
        UUID operation = id(request.path().pathParameters().get("operation"));
        JsonFields body = Bodies.json(request, bodyMost);
        String outcome = body.text("outcome", 20);
        if (!outcome.equals("succeeded") && !outcome.equals("failed")) {
            throw new Refusal(
                    Problem.refused(
                            "invalid_value", "outcome", "It must be 'succeeded' or 'failed'."));
        }
        ByHand hand =
                new ByHand(
                        outcome.equals("succeeded"),
                        body.text("by", 200),
                        body.text("reason", 2000),
                        body.optionalText("bank_reference", 64));
        body.end();
        Answers.json(response, 200, AnswerBody.withOperation(queue.settle(operation, hand)));
    }

    private static UUID id(String text) {
        return TypeId.parse("op", text)
                .orElseThrow(() -> new Refusal(Problem.notFound("operation")));
    }

    private static void write(JsonGenerator out, DueStore.Unsettled one) {
        Open open = one.open();
        out.writeStartObject();
        out.write("object", "unsettled");
        out.write("operation", TypeId.text("op", open.operation().id()));
        out.write("payment", TypeId.text("pay", open.payment().id()));
        out.write("merchant", TypeId.text("mer", one.merchant()));
        out.write("mode", one.mode());
        out.write("kind", open.operation().kind().text());
        out.write("status", open.operation().status().text());
        out.write("amount", open.operation().amount().minorUnits());
        out.write("currency", open.operation().amount().currencyCode());
        out.write("cause", open.operation().terms().cause().text());
        out.write("bank", open.attempt().bank());
        out.write("reference", open.attempt().reference());
        Json.optional(out, "bank_reference", open.attempt().ids().bankReference());
        out.write("state", open.attempt().state().text());
        out.write("why", one.why());
        out.write("since", Json.time(one.since()));
        out.write("checks", open.attempt().checks());
        out.writeEnd();
    }
}
