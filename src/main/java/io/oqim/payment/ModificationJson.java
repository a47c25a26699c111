package io.oqim.payment;

import io.oqim.http.Json;
import io.oqim.http.JsonFields;
import io.oqim.http.Problem;
import io.oqim.http.Refusal;
import io.oqim.money.Money;
import io.oqim.store.TypeId;
import java.util.OptionalLong;
import java.util.UUID;

/** Reads the bodies of captures, cancels, refunds and adjustments. */
final class ModificationJson {
    private ModificationJson() {}

    static Modification capture(JsonFields body) {
        boolean last = body.flag("final", false);
        return new Modification.Capture(amount(body), last);
    }

    static Modification refund(JsonFields body) {
        return new Modification.Refund(amount(body));
    }

    static Modification adjustment(JsonFields body) {
        long total = checked(body, body.integer("amount"));
        body.end();
        return new Modification.Adjustment(total);
    }

    static Modification cancel(JsonFields body) {
        body.end();
        return new Modification.Cancel();
    }

    private static OptionalLong amount(JsonFields body) {
        OptionalLong amount = body.optionalInteger("amount");
        if (amount.isPresent()) {
            amount = OptionalLong.of(checked(body, amount.getAsLong()));
        }
        body.end();
        return amount;
    }

    private static long checked(JsonFields body, long amount) {
        if (amount < 1 || amount > Money.MOST) {
            throw new Refusal(
                    Problem.refused(
                            "invalid_amount",
                            body.at("amount"),
                            "An amount is 1 to " + Money.MOST + " minor units of its currency."));
        }
        return amount;
    }

    /** The request in one form whatever way it was written, for its fingerprint. */
    static byte[] canonical(UUID payment, Modification modification) {
        return Json.bytes(
                out -> {
                    out.writeStartObject();
                    out.write("operation", modification.kind().text());
                    out.write("payment", TypeId.text("pay", payment));
                    switch (modification) {
                        case Modification.Capture capture -> {
                            capture.amount().ifPresent(amount -> out.write("amount", amount));
                            if (capture.last()) {
                                out.write("final", true);
                            }
                        }
                        case Modification.Refund refund ->
                                refund.amount().ifPresent(amount -> out.write("amount", amount));
                        case Modification.Adjustment adjustment ->
                                out.write("amount", adjustment.total());
                        case Modification.Cancel cancel -> {}
                    }
                    out.writeEnd();
                });
    }
}
