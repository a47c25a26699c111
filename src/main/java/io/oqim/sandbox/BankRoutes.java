package io.oqim.sandbox;

import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import jakarta.json.JsonObject;
import org.jspecify.annotations.Nullable;

/** The bank protocol of one bank, as docs/bank-protocol.yaml describes it. */
final class BankRoutes implements HttpService {
    private static final Answer.Refused NO_PAYMENT =
            new Answer.Refused(404, "payment_not_found", "The bank has no such payment.");
    private static final int ACCEPTED = 202;
    private static final int CONFLICT = 409;

    private final Bank bank;
    private final Controls controls;
    private final Reception reception;

    BankRoutes(Bank bank, Controls controls, Reception reception) {
        this.bank = bank;
        this.controls = controls;
        this.reception = reception;
    }

    @Override
    public void routing(HttpRules rules) {
        rules.post("/v1/risk-checks", reception.receiving(this::checkRisk))
                .post("/v1/tokens", reception.receiving(this::keep))
                .post("/v1/payments", reception.receiving(this::pay))
                .post("/v1/payments/{payment}/captures", later(OperationKind.CAPTURE))
                .post("/v1/payments/{payment}/voids", later(OperationKind.VOID))
                .post("/v1/payments/{payment}/refunds", later(OperationKind.REFUND))
                .post("/v1/payments/{payment}/adjustments", later(OperationKind.ADJUST))
                .post("/v1/references/{reference}/void", reception.receiving(this::voidReference))
                .get("/v1/references/{reference}", reception.receiving(this::enquire))
                .get("/v1/capabilities", reception.receiving(this::tellCapabilities));
    }

    private void checkRisk(Visit visit) throws InterruptedException {
        @Nullable String first6 = Orders.riskCheck(visit.fields());
        Strike strike = bank.strikes().on(Call.RISK_CHECK);
        reception.process(visit, Call.RISK_CHECK, strike, () -> Reply.of(riskDecision(first6)));
    }

    /** Gives a token for a card; nobody else needs to see it then. */
    private void keep(Visit visit) throws InterruptedException {
        Card card = Orders.card(visit.fields());
        Strike strike = bank.strikes().on(Call.TOKEN);
        reception.process(
                visit,
                Call.TOKEN,
                strike,
                () -> Reply.of(JsonText.object().add("token", card.token()).build()));
    }

    private void pay(Visit visit) throws InterruptedException {
        PayOrder sent = Orders.pay(visit.fields());
        Strike strike = bank.strikes().onPayment(sent);
        PayOrder order = sent.of(strike.fault().heard(sent.amount()));
        reception.process(
                visit,
                Call.of(order.kind()),
                strike,
                () -> reply(visit, bank.payments().pay(order, strike, visit.latestNanos())));
    }

    private Handler later(OperationKind kind) {
        return reception.receiving(visit -> processLater(visit, kind));
    }

    private void processLater(Visit visit, OperationKind kind) throws InterruptedException {
        LaterOrder sent = Orders.later(kind, visit.path("payment"), visit.fields());
        Payment payment = bank.register().payment(sent.payment()).orElse(null);
        if (payment == null) {
            Strike strike = bank.strikes().on(Call.of(kind));
            reception.process(visit, Call.of(kind), strike, () -> Reply.of(NO_PAYMENT));
            return;
        }
        Strike strike = bank.strikes().onLaterCall(sent, payment.original());
        LaterOrder order =
                kind == OperationKind.VOID ? sent : sent.of(strike.fault().heard(sent.amount()));
        reception.process(
                visit,
                Call.of(kind),
                strike,
                () ->
                        reply(
                                visit,
                                bank.laterCalls()
                                        .process(order, payment, strike, visit.latestNanos())));
    }

    private void voidReference(Visit visit) throws InterruptedException {
        String target = Orders.reference(visit.path("reference"));
        String reference = Orders.reference(visit.fields());
        Strike strike = bank.strikes().on(Call.VOID_BY_REFERENCE);
        reception.process(
                visit,
                Call.VOID_BY_REFERENCE,
                strike,
                () ->
                        reply(
                                visit,
                                bank.tombstones()
                                        .voidReference(
                                                target, reference, strike, visit.latestNanos())));
    }

    private void enquire(Visit visit) throws InterruptedException {
        String reference = Orders.reference(visit.path("reference"));
        Strike strike = bank.strikes().on(Call.ENQUIRY);
        reception.process(
                visit,
                Call.ENQUIRY,
                strike,
                () ->
                        switch (bank.enquire(reference)) {
                            case Answer.Done(Operation operation) ->
                                    Reply.of(result(visit, operation));
                            case Answer.Duplicate(Operation operation) ->
                                    Reply.of(result(visit, operation));
                            case Answer.Refused refused -> Reply.of(refused);
                        });
    }

    private void tellCapabilities(Visit visit) throws InterruptedException {
        Strike strike = bank.strikes().on(Call.CAPABILITIES);
        reception.process(visit, Call.CAPABILITIES, strike, () -> Reply.of(capabilities()));
    }

    private Reply reply(Visit visit, Answer answer) {
        return switch (answer) {
            case Answer.Done(Operation operation) ->
                    new Reply(
                            operation.status().isOpen() ? ACCEPTED : 200,
                            result(visit, operation),
                            true);
            case Answer.Duplicate(Operation original) ->
                    new Reply(CONFLICT, duplicate(result(visit, original)), false);
            case Answer.Refused refused -> Reply.of(refused);
        };
    }

    private static JsonObject duplicate(JsonObject original) {
        return JsonText.object()
                .add("code", "duplicate_reference")
                .add("message", "The reference was used before; nothing new happened.")
                .add("original", original)
                .build();
    }

    private JsonObject result(Visit visit, Operation operation) {
        String page = visit.bankUrl(bank.name()) + "/challenge/" + operation.payment();
        return ResultJson.of(operation, page);
    }

    private JsonObject riskDecision(@Nullable String first6) {
        String code = controls.risk(bank.name()).refusal(first6);
        return code == null
                ? JsonText.object().add("decision", "allow").build()
                : JsonText.object().add("decision", "refuse").add("code", code).build();
    }

    private JsonObject capabilities() {
        return JsonText.object()
                .add("sale", true)
                .add("tokens", true)
                .add("challenges", true)
                .add("partial_capture", true)
                .add("multiple_captures", true)
                .add("enquiry_by_reference", true)
                .add("void_by_reference", true)
                .add("longest_delay_ms", controls.times().longestDelay().toMillis())
                .build();
    }
}
