package io.oqim.bench.vertx;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.client.HttpRequest;
import io.vertx.ext.web.client.HttpResponse;
import io.vertx.ext.web.client.WebClient;
import io.vertx.ext.web.client.WebClientOptions;
import io.vertx.ext.web.codec.BodyCodec;
import io.vertx.ext.web.handler.HttpException;
import java.net.URI;

/** The bank's own protocol, over connections that are kept. */
final class Bank {
    private static final int MOST_CONNECTIONS = 10_000;
    private static final long TIME_OUT_MILLIS = 6000;

    private final HttpRequest<JsonObject> riskChecks;
    private final HttpRequest<JsonObject> payments;

    Bank(Vertx vertx, String url) {
        WebClient client =
                WebClient.create(
                        vertx,
                        new WebClientOptions()
                                .setUserAgentEnabled(false)
                                .setFollowRedirects(false)
                                .setProtocolVersion(HttpVersion.HTTP_1_1)
                                .setKeepAlive(true),
                        new PoolOptions().setHttp1MaxSize(MOST_CONNECTIONS));
        URI base = URI.create(url);
        riskChecks = request(client, base, "/v1/risk-checks");
        payments = request(client, base, "/v1/payments");
    }

    private static HttpRequest<JsonObject> request(WebClient client, URI base, String path) {
        boolean ssl = "https".equals(base.getScheme());
        int port = base.getPort() != -1 ? base.getPort() : ssl ? 443 : 80;
        return client.post(port, base.getHost(), base.getRawPath() + path)
                .ssl(ssl)
                .timeout(TIME_OUT_MILLIS)
                .as(BodyCodec.jsonObject());
    }

    /** Fails if the bank does not allow it. */
    Future<Void> checkRisk(Payment payment) {
        return riskChecks
                .sendJsonObject(
                        new JsonObject()
                                .put("reference", payment.id().toString())
                                .put("amount", payment.amount())
                                .put("currency", payment.currency())
                                .put("card_first6", payment.first6()))
                .map(Bank::body)
                .map(
                        body -> {
                            if (!"allow".equals(body.getString("decision"))) {
                                throw new HttpException(422, "risk");
                            }
                            return null;
                        });
    }

    /** Fails if the bank does not approve it. */
    Future<Approval> pay(Payment payment, Card card) {
        return payments.sendJsonObject(
                        new JsonObject()
                                .put("reference", payment.id().toString())
                                .put("amount", payment.amount())
                                .put("currency", payment.currency())
                                .put("capture", true)
                                .put(
                                        "card",
                                        new JsonObject()
                                                .put("number", card.number())
                                                .put("exp_month", card.expMonth())
                                                .put("exp_year", card.expYear())
                                                .put("cvc", card.cvc())))
                .map(Bank::body)
                .map(
                        body -> {
                            if (!"approved".equals(body.getString("status"))) {
                                throw new HttpException(402, "declined");
                            }
                            return new Approval(
                                    body.getString("bank_reference"), body.getString("auth_code"));
                        });
    }

    private static JsonObject body(HttpResponse<JsonObject> response) {
        if (response.statusCode() / 100 != 2 || response.body() == null) {
            throw new HttpException(502, "bank");
        }
        return response.body();
    }
}
