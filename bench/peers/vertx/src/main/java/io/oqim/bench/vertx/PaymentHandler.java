package io.oqim.bench.vertx;

import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.HttpException;
import java.util.concurrent.TimeoutException;

/** {@code POST /v1/payments}. */
final class PaymentHandler implements Handler<RoutingContext> {
    private static final System.Logger LOG = System.getLogger(PaymentHandler.class.getName());
    private static final CharSequence IDEMPOTENCY_KEY =
            HttpHeaders.createOptimized("Idempotency-Key");
    private static final CharSequence JSON = HttpHeaders.createOptimized("application/json");
    private static final int LONGEST_KEY = 255;

    private final Tenants tenants;
    private final Fingerprints fingerprints;
    private final PaymentStore store;
    private final Velocity velocity;
    private final Bank bank;

    PaymentHandler(
            Tenants tenants,
            Fingerprints fingerprints,
            PaymentStore store,
            Velocity velocity,
            Bank bank) {
        this.tenants = tenants;
        this.fingerprints = fingerprints;
        this.store = store;
        this.velocity = velocity;
        this.bank = bank;
    }

    @Override
    public void handle(RoutingContext context) {
        try {
            long tenant = tenant(context);
            String key = key(context);
            PaymentRequest request = PaymentRequest.read(body(context));
            Claim claim = new Claim(tenant, key, Buffer.buffer(fingerprints.of(request)));
            pay(claim, request)
                    .onSuccess(answer -> send(context, answer))
                    .onFailure(failure -> send(context, answer(failure)));
        } catch (HttpException refusal) {
            send(context, answer(refusal));
        }
    }

    private Future<Answer> pay(Claim claim, PaymentRequest request) {
        Payment payment = Payment.processing(claim.tenant(), request);
        Future<Void> opened = store.open(claim, payment);
        Future<Void> counted = velocity.count(claim.tenant(), request.card().number());
        Future<Void> allowed = bank.checkRisk(payment);
        return opened.transform(
                opening -> {
                    if (opening.succeeded()) {
                        return counted.compose(ok -> allowed)
                                .compose(ok -> bank.pay(payment, request.card()))
                                .compose(approval -> capture(claim, payment.captured(approval)));
                    }
                    return PaymentStore.isTaken(opening.cause())
                            ? store.answered(claim)
                            : Future.failedFuture(opening.cause());
                });
    }

    private Future<Answer> capture(Claim claim, Payment captured) {
        Answer answer = new Answer(201, captured.toJson().encode());
        return store.capture(claim, captured, answer).map(answer);
    }

    private long tenant(RoutingContext context) {
        return tenants.authorized(context.request().getHeader(HttpHeaders.AUTHORIZATION))
                .orElseThrow(() -> new HttpException(401, "unknown_secret"));
    }

    private static String key(RoutingContext context) {
        String key = context.request().getHeader(IDEMPOTENCY_KEY);
        if (key == null || key.isEmpty() || key.length() > LONGEST_KEY) {
            throw new HttpException(400, "no_idempotency_key");
        }
        return key;
    }

    private static JsonObject body(RoutingContext context) {
        Buffer body = context.body().buffer();
        try {
            if (body != null) {
                return new JsonObject(body);
            }
        } catch (DecodeException e) {
            // refused below
        }
        throw new HttpException(400, "not_a_json_object");
    }

    private static Answer answer(Throwable failure) {
        return switch (failure) {
            case HttpException e -> problem(e.getStatusCode(), e.getPayload());
            case TimeoutException e -> problem(504, "time_out");
            default -> {
                LOG.log(System.Logger.Level.ERROR, "a payment has failed", failure);
                yield problem(500, "internal");
            }
        };
    }

    private static Answer problem(int status, String code) {
        return new Answer(status, new JsonObject().put("error", code).encode());
    }

    private static void send(RoutingContext context, Answer answer) {
        if (!context.response().closed()) {
            context.response()
                    .setStatusCode(answer.status())
                    .putHeader(HttpHeaders.CONTENT_TYPE, JSON)
                    .end(answer.body());
        }
    }
}
