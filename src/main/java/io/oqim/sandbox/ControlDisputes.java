package io.oqim.sandbox;

import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;

/** The part of the control API by which tests are cardholders, and decide for the bank. */
final class ControlDisputes implements HttpService {
    private static final int MAX_TEXT = 64;
    private static final int CREATED = 201;

    private final List<Bank> banks;

    ControlDisputes(List<Bank> banks) {
        this.banks = banks;
    }

    @Override
    public void routing(HttpRules rules) {
        rules.post("/", answering(CREATED, this::raise))
                .post("/decide", answering(200, this::decide));
    }

    private Supplier<DisputeFeed.Item> raise(Fields fields) {
        String name = fields.text("bank", MAX_TEXT);
        Bank bank =
                banks.stream()
                        .filter(one -> one.name().equals(name))
                        .findAny()
                        .orElseThrow(() -> fields.badValue("bank", "a bank of the sandbox"));
        DisputeOrder order = DisputeOrders.raise(fields);
        return () -> bank.disputes().raise(order);
    }

    private Supplier<DisputeFeed.Item> decide(Fields fields) {
        String dispute = fields.text("dispute", MAX_TEXT);
        DisputeStatus outcome = DisputeOrders.outcome(fields);
        Bank bank =
                banks.stream()
                        .filter(one -> one.register().disputes().find(dispute).isPresent())
                        .findAny()
                        .orElse(banks.getFirst());
        return () -> bank.disputes().decide(dispute, outcome);
    }

    /** A body that cannot be read is a 400, as everywhere here; what the bank refuses is not. */
    private static Handler answering(
            int status, Function<Fields, Supplier<DisputeFeed.Item>> reader) {
        return (request, response) -> {
            byte[] body = Visit.body(request);
            Supplier<DisputeFeed.Item> work;
            try {
                Fields fields = Fields.of(body);
                work = reader.apply(fields);
                fields.refuseOthers();
            } catch (Refusal e) {
                new Reply(400, e.body(), false).send(response);
                return;
            }
            new Reply(status, DisputeJson.of(work.get()), true).send(response);
        };
    }
}
