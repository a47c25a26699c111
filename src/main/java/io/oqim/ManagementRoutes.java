package io.oqim;

import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http.ServerResponse;
import io.oqim.http.Resource;
import io.oqim.observe.Metrics;

/** Health and metrics, for Kubernetes and Prometheus. */
final class ManagementRoutes implements HttpService {
    private final Gateway gateway;
    private final Metrics metrics;

    ManagementRoutes(Gateway gateway, Metrics metrics) {
        this.gateway = gateway;
        this.metrics = metrics;
    }

    @Override
    public void routing(HttpRules rules) {
        Resource.at(rules, "/health/live")
                .get((request, response) -> health(response, true))
                .done();
        Resource.at(rules, "/health/ready")
                .get((request, response) -> health(response, gateway.ready()))
                .done();
        Resource.at(rules, "/metrics")
                .get(
                        (request, response) ->
                                response.header(
                                                HeaderNames.CONTENT_TYPE,
                                                "text/plain; version=0.0.4; charset=utf-8")
                                        .send(metrics.scrape()))
                .done();
    }

    /** PostgreSQL decides readiness; Redis does not. */
    private static void health(ServerResponse response, boolean up) {
        response.status(up ? Status.OK_200 : Status.SERVICE_UNAVAILABLE_503)
                .header(HeaderNames.CONTENT_TYPE, "application/json")
                .send("{\"status\":\"" + (up ? "up" : "down") + "\"}");
    }
}
