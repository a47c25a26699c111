package io.oqim.sandbox;

import io.helidon.http.Header;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The page on which a cardholder proves who they are: here, by pressing one of two buttons. */
final class ChallengeRoutes implements HttpService {
    private static final int SEE_OTHER = 303;
    private static final Header HTML =
            HeaderValues.create(HeaderNames.CONTENT_TYPE, "text/html; charset=utf-8");

    private final Bank bank;

    ChallengeRoutes(Bank bank) {
        this.bank = bank;
    }

    @Override
    public void routing(HttpRules rules) {
        rules.get("/challenge/{payment}", this::show).post("/challenge/{payment}", this::answer);
    }

    private void show(ServerRequest request, ServerResponse response) {
        sendPage(request, response);
    }

    private void answer(ServerRequest request, ServerResponse response) {
        String form = new String(Visit.body(request), StandardCharsets.UTF_8);
        List<String> fields = List.of(form.split("&", -1));
        boolean approved = fields.contains("result=approve");
        if (!approved && !fields.contains("result=decline")) {
            throw Refusal.badValue("result", "approve or decline");
        }
        bank.settlements().answerChallenge(payment(request), approved);
        String returnUrl = found(request).map(f -> f.payment().origin().returnUrl()).orElse(null);
        if (returnUrl == null) {
            sendPage(request, response);
            return;
        }
        response.status(SEE_OTHER);
        response.header(HeaderNames.LOCATION, returnUrl);
        response.send();
    }

    private record Found(Payment payment, Operation operation) {}

    private Optional<Found> found(ServerRequest request) {
        return bank.register()
                .payment(payment(request))
                .flatMap(
                        payment ->
                                bank.register()
                                        .operation(payment.reference())
                                        .map(operation -> new Found(payment, operation)));
    }

    private static String payment(ServerRequest request) {
        return request.path().pathParameters().get("payment");
    }

    private void sendPage(ServerRequest request, ServerResponse response) {
        Found found =
                found(request)
                        .orElseThrow(
                                () ->
                                        new Refusal(
                                                404,
                                                "payment_not_found",
                                                "The bank has no such payment.",
                                                null));
        @Nullable String returnUrl = found.payment().origin().returnUrl();
        String page =
                found.operation().status() == Status.ACTION_REQUIRED
                        ? ChallengePage.question(found.operation(), bank.name())
                        : ChallengePage.result(found.operation(), returnUrl);
        response.header(HTML);
        response.header(HeaderNames.CACHE_CONTROL, "no-store");
        response.send(page.getBytes(StandardCharsets.UTF_8));
    }
}
