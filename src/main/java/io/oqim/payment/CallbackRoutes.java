package io.oqim.payment;

import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.oqim.http.Bodies;
import io.oqim.http.JsonFields;
import io.oqim.http.Problem;
import io.oqim.http.Refusal;
import io.oqim.http.Resource;

/**
 * {@code /callbacks/{bank}/{tenant}}: where banks tell that there is news. Nothing in a callback is
 * believed; it only makes Oqim ask the bank at once.
 */
final class CallbackRoutes implements HttpService {
    private final Resolver resolver;
    private final DisputeInbox disputes;
    private final int bodyMost;

    CallbackRoutes(Resolver resolver, DisputeInbox disputes, int bodyMost) {
        this.resolver = resolver;
        this.disputes = disputes;
        this.bodyMost = bodyMost;
    }

    @Override
    public void routing(HttpRules rules) {
        Resource.at(rules, "/callbacks/{bank}/{tenant}").post(this::hint).done();
    }

    private void hint(ServerRequest request, ServerResponse response) {
        String bank = request.path().pathParameters().get("bank");
        String tenant = request.path().pathParameters().get("tenant");
        if (!tenant.matches("\\d{1,18}")) {
            throw new Refusal(Problem.notFound("address"));
        }
        // Other fields are the bank's business, so they are not refused.
        JsonFields body = Bodies.json(request, bodyMost);
        String reference = body.text("reference", 64);
        if (body.has("dispute")) {
            disputes.hinted(bank);
        } else {
            resolver.ask(Long.parseLong(tenant), bank, reference);
        }
        response.status(io.helidon.http.Status.NO_CONTENT_204).send();
    }
}
