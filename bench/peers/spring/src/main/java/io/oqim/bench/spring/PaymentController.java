package io.oqim.bench.spring;

import jakarta.validation.Valid;
import java.security.MessageDigest;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestAttribute;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;
import tools.jackson.databind.json.JsonMapper;

@RestController
class PaymentController {
    private final Payments payments;
    private final Bank bank;
    private final Velocity velocity;
    private final Fingerprints fingerprints;
    private final JsonMapper json;
    private final ExecutorService tasks;

    PaymentController(
            Payments payments,
            Bank bank,
            Velocity velocity,
            Fingerprints fingerprints,
            JsonMapper json,
            ExecutorService tasks) {
        this.payments = payments;
        this.bank = bank;
        this.velocity = velocity;
        this.fingerprints = fingerprints;
        this.json = json;
        this.tasks = tasks;
    }

    @PostMapping("/v1/payments")
    ResponseEntity<String> pay(
            @RequestAttribute long tenant,
            @RequestHeader("Idempotency-Key") String key,
            @Valid @RequestBody PaymentRequest request)
            throws InterruptedException, ExecutionException {
        PaymentRequest.Card card = request.card();
        byte[] fingerprint = fingerprints.of(request);
        Payment payment = Payment.processing(request);

        Future<Boolean> fewEnough = tasks.submit(() -> velocity.allows(tenant, card.number()));
        Future<Boolean> safeEnough = tasks.submit(() -> bank.allows(payment));
        if (!payments.begin(tenant, key, fingerprint, payment)) {
            return again(payments.claim(tenant, key), fingerprint);
        }
        if (!fewEnough.get()) {
            throw refusal(HttpStatus.UNPROCESSABLE_CONTENT, "Too many payments of this card.");
        }
        if (!safeEnough.get()) {
            throw refusal(HttpStatus.UNPROCESSABLE_CONTENT, "The risk check says no.");
        }

        Bank.Sale sale = bank.pay(payment, card);
        if (!"approved".equals(sale.status())) {
            throw refusal(HttpStatus.PAYMENT_REQUIRED, "The bank says no.");
        }
        Payment captured = payment.captured(sale);
        String body = json.writeValueAsString(captured);
        payments.capture(tenant, key, captured, HttpStatus.CREATED.value(), body);
        return response(HttpStatus.CREATED.value(), body);
    }

    private static ResponseEntity<String> again(Payments.Claim claim, byte[] fingerprint) {
        if (!MessageDigest.isEqual(claim.fingerprint(), fingerprint)) {
            throw refusal(HttpStatus.CONFLICT, "The key was used for another request.");
        }
        if (claim.body() == null) {
            throw refusal(HttpStatus.CONFLICT, "The first request with this key is under way.");
        }
        return response(claim.status(), claim.body());
    }

    private static ResponseEntity<String> response(int status, String body) {
        return ResponseEntity.status(status).contentType(MediaType.APPLICATION_JSON).body(body);
    }

    private static ResponseStatusException refusal(HttpStatus status, String detail) {
        return new ResponseStatusException(status, detail);
    }
}
