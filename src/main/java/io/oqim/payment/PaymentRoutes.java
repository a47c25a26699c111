package io.oqim.payment;

import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.oqim.config.OqimConfig;
import io.oqim.http.Answers;
import io.oqim.http.Bodies;
import io.oqim.http.JsonFields;
import io.oqim.http.Problem;
import io.oqim.http.Refusal;
import io.oqim.http.Resource;
import io.oqim.merchant.KeyScope;
import io.oqim.merchant.Tenant;
import io.oqim.store.TypeId;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;

/** {@code /v1/payments} and what hangs below it. */
final class PaymentRoutes implements HttpService {
    private static final HeaderName KEY = HeaderNames.create("Idempotency-Key");
    private static final HeaderName REPLAYED = HeaderNames.create("Idempotent-Replayed");
    static final HeaderName EVENT_SEQ = HeaderNames.create("Event-Seq");
    private static final HeaderName DEADLINE = HeaderNames.create("Payment-Deadline");

    private final Payments payments;
    private final CancelKey cancelKey;
    private final FreshReads fresh;
    private final PaymentReads reads;
    private final OqimConfig config;

    PaymentRoutes(
            Payments payments,
            CancelKey cancelKey,
            FreshReads fresh,
            PaymentReads reads,
            OqimConfig config) {
        this.payments = payments;
        this.cancelKey = cancelKey;
        this.fresh = fresh;
        this.reads = reads;
        this.config = config;
    }

    @Override
    public void routing(HttpRules rules) {
        Resource.at(rules, "/v1/payments").post(this::create).get(this::list).done();
        Resource.at(rules, "/v1/payments/{id}").get(this::read).done();
        Resource.at(rules, "/v1/payments/{id}/captures").post(this::capture).done();
        Resource.at(rules, "/v1/payments/{id}/cancel").post(this::cancel).done();
        Resource.at(rules, "/v1/payments/{id}/refunds").post(this::refund).done();
        Resource.at(rules, "/v1/payments/{id}/adjustments").post(this::adjust).done();
        Resource.at(rules, "/v1/payments/{id}/operations").get(this::operations).done();
        Resource.at(rules, "/v1/payments/{id}/trace").get(this::trace).done();
        Resource.at(rules, "/v1/operations/{id}").get(this::operation).done();
        Resource.at(rules, "/v1/idempotency_keys/{key}").get(this::idempotencyKey).done();
        Resource.at(rules, "/v1/idempotency_keys/{key}/cancel").post(this::cancelKey).done();
    }

    private void create(ServerRequest request, ServerResponse response)
            throws InterruptedException {
        Tenant tenant = fresh.tenant(request, KeyScope.PAY);
        payments.mayEnter(tenant);
        String key = newKey(request);
        Duration patience = patience(request);
        CreatePayment payment =
                CreatePaymentJson.read(
                        Bodies.json(request, config.server().maxBodyBytes()),
                        config.vault().enabled());
        send(response, payments.create(tenant, key, payment, patience));
    }

    private void capture(ServerRequest request, ServerResponse response)
            throws InterruptedException {
        modify(request, response, KeyScope.PAY, ModificationJson::capture);
    }

    private void cancel(ServerRequest request, ServerResponse response)
            throws InterruptedException {
        modify(request, response, KeyScope.PAY, ModificationJson::cancel);
    }

    private void refund(ServerRequest request, ServerResponse response)
            throws InterruptedException {
        modify(request, response, KeyScope.REFUND, ModificationJson::refund);
    }

    private void adjust(ServerRequest request, ServerResponse response)
            throws InterruptedException {
        modify(request, response, KeyScope.PAY, ModificationJson::adjustment);
    }

    private void modify(
            ServerRequest request,
            ServerResponse response,
            KeyScope needed,
            Function<JsonFields, Modification> reader)
            throws InterruptedException {
        Tenant tenant = fresh.tenant(request, needed);
        payments.mayEnter(tenant);
        String key = newKey(request);
        Duration patience = patience(request);
        Modification modification =
                reader.apply(Bodies.optionalJson(request, config.server().maxSmallBody()));
        UUID payment = id(request, "pay", "payment");
        send(response, payments.modify(tenant, key, payment, modification, patience));
    }

    private static void send(ServerResponse response, Answer answer) {
        switch (answer) {
            case Answer.Given given -> send(response, given);
            case Answer.Refused refused -> Answers.problem(response, refused.problem());
        }
    }

    private static void send(ServerResponse response, Answer.Given given) {
        if (given.eventSeq() > 0) {
            response.header(EVENT_SEQ, Long.toString(given.eventSeq()));
        }
        if (given.replayed()) {
            response.header(REPLAYED, "true");
        }
        response.header(HeaderNames.LOCATION, given.location());
        if (given.status() == 202) {
            response.header(HeaderNames.RETRY_AFTER, "1");
        }
        Answers.json(response, given.status(), given.body());
    }

    private void read(ServerRequest request, ServerResponse response) throws InterruptedException {
        Tenant tenant = fresh.reader(request, List.of("min_seq"));
        Answers.json(
                response,
                200,
                PaymentJson.bytes(reads.payment(tenant, id(request, "pay", "payment"))));
    }

    private void list(ServerRequest request, ServerResponse response) throws InterruptedException {
        Tenant tenant = fresh.reader(request, PaymentReads.LIST_PARAMETERS);
        Answers.json(response, 200, reads.list(tenant, request));
    }

    private void operations(ServerRequest request, ServerResponse response)
            throws InterruptedException {
        Tenant tenant = fresh.reader(request, PaymentReads.OPERATION_PARAMETERS);
        Answers.json(
                response, 200, reads.operations(tenant, id(request, "pay", "payment"), request));
    }

    private void operation(ServerRequest request, ServerResponse response)
            throws InterruptedException {
        Tenant tenant = fresh.reader(request, List.of("min_seq"));
        Answers.json(response, 200, reads.operation(tenant, id(request, "op", "operation")));
    }

    private void trace(ServerRequest request, ServerResponse response) throws InterruptedException {
        Tenant tenant = fresh.reader(request, List.of("min_seq"));
        Answers.json(response, 200, reads.trace(tenant, id(request, "pay", "payment")));
    }

    private void idempotencyKey(ServerRequest request, ServerResponse response)
            throws InterruptedException {
        Tenant tenant = fresh.reader(request, List.of("min_seq"));
        Answers.json(response, 200, reads.idempotencyKey(tenant, key(request)));
    }

    private void cancelKey(ServerRequest request, ServerResponse response)
            throws InterruptedException {
        Tenant tenant = fresh.tenant(request, KeyScope.PAY);
        String key = key(request);
        Bodies.optionalJson(request, config.server().maxSmallBody()).end();
        CancelKey.Canceled canceled = cancelKey.cancel(tenant, key);
        if (canceled.seq() > 0) {
            response.header(EVENT_SEQ, Long.toString(canceled.seq()));
        }
        if (!canceled.decided()) {
            response.header(HeaderNames.RETRY_AFTER, "1");
        }
        Answers.json(response, canceled.decided() ? 200 : 202, reads.idempotencyKey(tenant, key));
    }

    private static String newKey(ServerRequest request) {
        return IdempotencyKeyHeader.read(
                request.headers().contains(KEY)
                        ? request.headers().get(KEY).allValues()
                        : List.of());
    }

    private static String key(ServerRequest request) {
        return IdempotencyKeyHeader.read(Optional.of(request.path().pathParameters().get("key")));
    }

    private Duration patience(ServerRequest request) {
        Optional<String> header = request.headers().first(DEADLINE);
        if (header.isEmpty()) {
            return config.server().requestDeadline();
        }
        if (!header.get().matches("[1-9]|[1-5][0-9]|60")) {
            throw new Refusal(
                    Problem.malformed(
                            "invalid_payment_deadline",
                            "Payment-Deadline",
                            "It must be a whole number of seconds, 1 to 60."));
        }
        return Duration.ofSeconds(Long.parseLong(header.get()));
    }

    private static UUID id(ServerRequest request, String prefix, String what) {
        return TypeId.parse(prefix, request.path().pathParameters().get("id"))
                .orElseThrow(() -> new Refusal(Problem.notFound(what)));
    }
}
