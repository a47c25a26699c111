package io.oqim.payment;

import io.oqim.http.Json;
import io.oqim.store.TypeId;
import java.util.List;
import java.util.UUID;

/**
 * What a request is answered with: the payment that it opened, or its operation with the payment.
 */
final class AnswerBody {
    private AnswerBody() {}

    static byte[] of(Open open) {
        if (open.operation().kind().opens()) {
            return PaymentJson.bytes(open.payment());
        }
        return withOperation(open);
    }

    static byte[] withOperation(Open open) {
        return Json.bytes(
                out -> {
                    out.writeStartObject();
                    out.writeKey("operation");
                    OperationJson.write(out, open.operation(), List.of(open.attempt()));
                    out.writeKey("payment");
                    PaymentJson.write(out, open.payment());
                    out.writeEnd();
                });
    }

    /** 202 while nobody can say how it ends. */
    static int status(Open open) {
        return open.operation().kind().opens()
                ? open.payment().status().answered()
                : open.operation().status().answered();
    }

    /** Where it can be read again. */
    static String location(Open open) {
        return open.operation().kind().opens()
                ? location(open.payment().id())
                : operationLocation(open.operation().id());
    }

    static String location(UUID payment) {
        return "/v1/payments/" + TypeId.text("pay", payment);
    }

    static String operationLocation(UUID operation) {
        return "/v1/operations/" + TypeId.text("op", operation);
    }
}
