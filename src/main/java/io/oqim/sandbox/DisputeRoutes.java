package io.oqim.sandbox;

import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import jakarta.json.JsonArrayBuilder;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;

/** The calls of the bank protocol about disputes, of one bank. */
final class DisputeRoutes implements HttpService {
    /** As many large bodies as a bank has in its hands at once. */
    static final int MAX_LARGE_BODIES = 64;

    private static final String STANDARD_LIMIT = "100";
    private static final DisputeOrders.Range LIMIT = new DisputeOrders.Range(1, 100);
    private static final DisputeOrders.Range AFTER =
            new DisputeOrders.Range(0, 999_999_999_999_999_999L);

    private final Bank bank;
    private final Reception reception;
    private final Semaphore largeBodies = new Semaphore(MAX_LARGE_BODIES);

    DisputeRoutes(Bank bank, Reception reception) {
        this.bank = bank;
        this.reception = reception;
    }

    @Override
    public void routing(HttpRules rules) {
        rules.get("/v1/disputes", reception.receiving(this::list))
                .post(
                        "/v1/disputes/{dispute}/files/{file}/parts/{part}",
                        reception.receiving(this::keepPart))
                .post("/v1/disputes/{dispute}/response", reception.receiving(this::respond));
    }

    private void list(Visit visit) throws InterruptedException {
        long after = DisputeOrders.whole("after", visit.query("after", "0"), AFTER);
        long limit = DisputeOrders.whole("limit", visit.query("limit", STANDARD_LIMIT), LIMIT);
        Strike strike = bank.strikes().on(Call.DISPUTES);
        reception.process(visit, Call.DISPUTES, strike, () -> page(after, (int) limit));
    }

    private Reply page(long after, int limit) {
        DisputeFeed.Page page = bank.register().disputes().after(after, limit);
        JsonArrayBuilder data = JsonText.array();
        page.items().forEach(item -> data.add(DisputeJson.of(item)));
        return Reply.of(
                JsonText.object().add("data", data).add("has_more", page.hasMore()).build());
    }

    private void keepPart(Visit visit) throws InterruptedException {
        Strike strike = bank.strikes().on(Call.DISPUTE_FILE);
        reception.process(
                visit,
                Call.DISPUTE_FILE,
                strike,
                () -> holdingABody(() -> keepPart(visit, call(visit, strike))));
    }

    private Reply keepPart(Visit visit, Responses.Call call) {
        String file = visit.path("file");
        Evidence.Part part = DisputeOrders.part(file, visit.path("part"), visit.largeFields());
        int parts = bank.responses().keep(call, part);
        return Reply.of(JsonText.object().add("file", file).add("parts", parts).build());
    }

    private void respond(Visit visit) throws InterruptedException {
        Strike strike = bank.strikes().on(Call.DISPUTE_RESPONSE);
        reception.process(
                visit,
                Call.DISPUTE_RESPONSE,
                strike,
                () -> holdingABody(() -> respond(visit, call(visit, strike))));
    }

    private Reply respond(Visit visit, Responses.Call call) {
        ResponseOrder order = DisputeOrders.response(visit.largeFields());
        return Reply.of(DisputeJson.of(bank.responses().respond(call, order)));
    }

    private static Responses.Call call(Visit visit, Strike strike) {
        return new Responses.Call(visit.path("dispute"), strike.name(), visit.latestNanos());
    }

    /** Takes a large body in, unless so many are here that they would fill the memory. */
    private Reply holdingABody(Supplier<Reply> work) {
        if (!largeBodies.tryAcquire()) {
            return Reply.of(Answer.BUSY);
        }
        try {
            return work.get();
        } catch (Refusal e) {
            return Reply.of(e);
        } finally {
            largeBodies.release();
        }
    }
}
