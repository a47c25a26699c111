package io.oqim.payment;

import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.oqim.config.ServerConfig;
import io.oqim.http.Answers;
import io.oqim.http.Bodies;
import io.oqim.http.JsonFields;
import io.oqim.http.Problem;
import io.oqim.http.Refusal;
import io.oqim.http.Resource;
import io.oqim.merchant.KeyScope;
import io.oqim.merchant.Tenant;
import io.oqim.store.TypeId;
import java.util.UUID;

/**
 * {@code /v1/payments/{id}/accept} and {@code /reject}: what a person makes of a payment in review.
 * It is decided once, so no idempotency key is needed.
 */
final class ReviewRoutes implements HttpService {
    private static final int BY_MOST = 100;
    private static final int REASON_MOST = 500;

    private final Reviews reviews;
    private final FreshReads fresh;
    private final ServerConfig config;

    ReviewRoutes(Reviews reviews, FreshReads fresh, ServerConfig config) {
        this.reviews = reviews;
        this.fresh = fresh;
        this.config = config;
    }

    @Override
    public void routing(HttpRules rules) {
        Resource.at(rules, "/v1/payments/{id}/accept")
                .post((request, response) -> decide(request, response, Review.ACCEPTED))
                .done();
        Resource.at(rules, "/v1/payments/{id}/reject")
                .post((request, response) -> decide(request, response, Review.REJECTED))
                .done();
    }

    private void decide(ServerRequest request, ServerResponse response, Review review)
            throws InterruptedException {
        Tenant tenant = fresh.tenant(request, KeyScope.PAY);
        JsonFields body = Bodies.optionalJson(request, config.maxSmallBody());
        Reviews.Word word =
                new Reviews.Word(
                        review,
                        body.optionalText("by", BY_MOST),
                        body.optionalText("reason", REASON_MOST));
        body.end();
        UUID payment =
                TypeId.parse("pay", request.path().pathParameters().get("id"))
                        .orElseThrow(() -> new Refusal(Problem.notFound("payment")));
        Reviews.Decided decided = reviews.decide(tenant, payment, word);
        if (decided.seq() > 0) {
            response.header(PaymentRoutes.EVENT_SEQ, Long.toString(decided.seq()));
        }
        response.header(HeaderNames.LOCATION, "/v1/payments/" + TypeId.text("pay", payment));
        if (decided.follows()) {
            response.header(HeaderNames.RETRY_AFTER, "1");
        }
        Answers.json(response, decided.follows() ? 202 : 200, PaymentJson.bytes(decided.payment()));
    }
}
