package io.oqim.payment;

import io.helidon.webserver.http.ServerRequest;
import io.oqim.config.PaymentsConfig;
import io.oqim.http.Json;
import io.oqim.http.Problem;
import io.oqim.http.Queries;
import io.oqim.http.Refusal;
import io.oqim.merchant.Tenant;
import io.oqim.store.Replica;
import io.oqim.store.TypeId;
import jakarta.json.stream.JsonGenerator;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** Payments, operations, traces and lists as JSON; everything of another tenant does not exist. */
final class PaymentReads {
    static final List<String> LIST_PARAMETERS =
            List.of(
                    "min_seq",
                    "limit",
                    "after",
                    "created_gte",
                    "status",
                    "review",
                    "reference",
                    "metadata[k]");
    static final List<String> OPERATION_PARAMETERS = List.of("min_seq", "limit", "after");
    private static final int LIMIT = 20;
    private static final int LIMIT_MOST = 100;

    private final PaymentStore payments;
    private final Replica replica;
    private final OperationStore operations;
    private final ClaimStore claims;
    private final PaymentsConfig config;

    PaymentReads(
            PaymentStore payments,
            Replica replica,
            OperationStore operations,
            ClaimStore claims,
            PaymentsConfig config) {
        this.payments = payments;
        this.replica = replica;
        this.operations = operations;
        this.claims = claims;
        this.config = config;
    }

    Payment payment(Tenant tenant, UUID id) {
        return payments.find(tenant.id(), id)
                .orElseThrow(() -> new Refusal(Problem.notFound("payment")));
    }

    byte[] list(Tenant tenant, ServerRequest request) {
        Queries queries = Queries.of(request, LIST_PARAMETERS);
        int limit = (int) queries.integer("limit", 1, LIMIT_MOST).orElse(LIMIT);
        List<Payment> found =
                replica.read(
                        tenant.id(),
                        queries.integer("min_seq", 0, Long.MAX_VALUE),
                        database ->
                                new PaymentStore(database)
                                        .list(
                                                tenant.id(),
                                                filter(request, queries),
                                                limit + 1,
                                                config.metadataScan()));
        boolean more = found.size() > limit;
        List<Payment> page = more ? found.subList(0, limit) : found;
        return Json.list(
                out -> page.forEach(payment -> PaymentJson.write(out, payment)),
                more ? Optional.of(TypeId.text("pay", page.getLast().id())) : Optional.empty());
    }

    byte[] operations(Tenant tenant, UUID payment, ServerRequest request) {
        payment(tenant, payment);
        Queries queries = Queries.of(request, OPERATION_PARAMETERS);
        int limit = (int) queries.integer("limit", 1, LIMIT_MOST).orElse(LIMIT);
        UUID after = queries.after("op").orElse(new UUID(0, 0));
        List<Operation> found = operations.operations(tenant.id(), payment, after, limit + 1);
        boolean more = found.size() > limit;
        List<Operation> page = more ? found.subList(0, limit) : found;
        return Json.list(
                out -> write(out, tenant, page),
                more ? Optional.of(TypeId.text("op", page.getLast().id())) : Optional.empty());
    }

    byte[] operation(Tenant tenant, UUID id) {
        Operation operation =
                operations
                        .operation(tenant.id(), id)
                        .orElseThrow(() -> new Refusal(Problem.notFound("operation")));
        return Json.bytes(out -> write(out, tenant, List.of(operation)));
    }

    byte[] trace(Tenant tenant, UUID payment) {
        payment(tenant, payment);
        List<byte[]> traces = operations.traces(tenant.id(), payment);
        return Json.bytes(
                out -> {
                    out.writeStartObject();
                    out.write("object", "trace");
                    out.write("payment", TypeId.text("pay", payment));
                    out.writeStartArray("operations");
                    traces.forEach(
                            trace ->
                                    out.write(
                                            Json.trusted(
                                                    new String(trace, StandardCharsets.UTF_8))));
                    out.writeEnd();
                    out.writeEnd();
                });
    }

    /** What became of a key whose answer was lost on the way. */
    byte[] idempotencyKey(Tenant tenant, String key) {
        ClaimStore.Claim claim =
                claims.find(tenant.id(), key)
                        .orElseThrow(() -> new Refusal(Problem.notFound("idempotency key")));
        Optional<Payment> payment =
                claim.barred() ? Optional.empty() : Optional.of(payment(tenant, claim.payment()));
        return Json.bytes(
                out -> {
                    out.writeStartObject();
                    out.write("object", "idempotency_key");
                    out.write("key", key);
                    out.write("state", state(claim));
                    claim.stored().ifPresent(stored -> out.write("status_code", stored.status()));
                    if (payment.isPresent()) {
                        out.write("operation", TypeId.text("op", claim.operation()));
                        out.writeKey("payment");
                        PaymentJson.write(out, payment.get());
                    } else {
                        out.writeNull("operation");
                        out.writeNull("payment");
                    }
                    out.writeEnd();
                });
    }

    private static String state(ClaimStore.Claim claim) {
        if (claim.barred()) {
            return "canceled";
        }
        if (claim.stored().isEmpty() && claim.reopened()) {
            return "reopened";
        }
        return claim.stored().isEmpty() && claim.atWork() ? "in_flight" : "answered";
    }

    private void write(JsonGenerator out, Tenant tenant, List<Operation> list) {
        String[] ids =
                list.stream().map(operation -> operation.id().toString()).toArray(String[]::new);
        List<Attempt> attempts = operations.attempts(tenant.id(), ids);
        for (Operation operation : list) {
            OperationJson.write(
                    out,
                    operation,
                    attempts.stream()
                            .filter(attempt -> attempt.operation().equals(operation.id()))
                            .toList());
        }
    }

    private static PaymentStore.Filter filter(ServerRequest request, Queries queries) {
        Map<String, String> metadata = new LinkedHashMap<>();
        for (String name : request.query().names()) {
            if (name.startsWith("metadata[")) {
                queries.text(name)
                        .ifPresent(
                                value -> metadata.put(name.substring(9, name.length() - 1), value));
            }
        }
        return new PaymentStore.Filter(
                queries.time("created_gte"),
                queries.text("status").map(PaymentReads::status),
                queries.text("review").filter(PaymentReads::pending).isPresent(),
                queries.text("reference"),
                metadata,
                queries.after("pay"));
    }

    private static boolean pending(String text) {
        if (!text.equals(Review.PENDING.text())) {
            throw new Refusal(Problem.refused("invalid_value", "review", "It must be: pending."));
        }
        return true;
    }

    private static PaymentStatus status(String text) {
        for (PaymentStatus status : PaymentStatus.values()) {
            if (status.text().equals(text)) {
                return status;
            }
        }
        List<String> known = new ArrayList<>();
        for (PaymentStatus status : PaymentStatus.values()) {
            known.add(status.text());
        }
        throw new Refusal(
                Problem.refused(
                        "invalid_value",
                        "status",
                        "It must be one of: " + String.join(", ", known) + "."));
    }
}
