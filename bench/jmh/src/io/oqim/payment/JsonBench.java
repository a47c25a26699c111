package io.oqim.payment;

import io.oqim.http.Json;
import io.oqim.http.JsonFields;
import jakarta.json.JsonObject;
import jakarta.json.spi.JsonProvider;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** A payment's request in, and its answer out. */
@State(Scope.Benchmark)
public class JsonBench {
    private static final JsonProvider PROVIDER = JsonProvider.provider();

    private final byte[] request =
            """
            {"amount":125000,"currency":"UZS","capture_method":"automatic","payment_method":{"type":"card",
            "card":{"number":"4242424242424242","exp_month":12,"exp_year":2030,"cvc":"123"}},"customer":{"id":"c-1",
            "ip":"192.0.2.1"},"reference":"order-1","metadata":{"k":"v"}}"""
                    .getBytes(StandardCharsets.UTF_8);

    private final Payment payment =
            Samples.payment(OperationKind.SALE, PaymentStatus.CAPTURED, Payment.Outcome.NOTHING);

    private final byte[] answer = PaymentJson.bytes(payment);

    /** The request, with every rule it has to keep. */
    @Benchmark
    public CreatePayment in() {
        JsonFields fields = Json.object(request);
        return CreatePaymentJson.read(fields, true);
    }

    /** The same text, by the library alone. */
    @Benchmark
    public JsonObject inByLibraryAlone() {
        return PROVIDER.createReader(new ByteArrayInputStream(request)).readObject();
    }

    @Benchmark
    public byte[] out() {
        return PaymentJson.bytes(payment);
    }

    /** The same bytes, copied. */
    @Benchmark
    public byte[] outCopied() {
        return answer.clone();
    }
}
