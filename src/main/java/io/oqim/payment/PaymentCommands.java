package io.oqim.payment;

import io.oqim.config.ServerConfig;
import io.oqim.http.Failures;
import io.oqim.http.JsonFields;
import io.oqim.http.Problem;
import io.oqim.http.Refusal;
import io.oqim.merchant.Tenant;
import io.oqim.store.TypeId;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;

/**
 * What can be asked for besides REST, with the same checks, the same problems and the same keys.
 */
final class PaymentCommands {
    private static final long DEADLINE_MOST = 60;

    private final Payments payments;
    private final ServerConfig config;
    private final boolean cards;

    /**
     * @param cards whether cards are taken here
     */
    PaymentCommands(Payments payments, ServerConfig config, boolean cards) {
        this.payments = payments;
        this.cards = cards;
        this.config = config;
    }

    /** Blocks as the request would; never throws what a request would be told. */
    CommandAnswer run(Tenant tenant, PaymentRoom.Command command) throws InterruptedException {
        try {
            return CommandAnswer.of(answer(tenant, command));
        } catch (RuntimeException e) {
            return CommandAnswer.of(Failures.problem(e));
        }
    }

    private Answer answer(Tenant tenant, PaymentRoom.Command command) throws InterruptedException {
        payments.mayEnter(tenant);
        String key = IdempotencyKeyHeader.read(Optional.of(command.key()));
        Duration patience = patience(command.deadline());
        JsonFields body = command.body();
        return switch (command.kind()) {
            case "create" ->
                    payments.create(tenant, key, CreatePaymentJson.read(body, cards), patience);
            case "capture" -> modify(tenant, key, command, ModificationJson.capture(body));
            case "cancel" -> modify(tenant, key, command, ModificationJson.cancel(body));
            case "refund" -> modify(tenant, key, command, ModificationJson.refund(body));
            case "adjust" -> modify(tenant, key, command, ModificationJson.adjustment(body));
            default ->
                    throw new Refusal(
                            Problem.refused(
                                    "invalid_value",
                                    "command",
                                    "It must be one of: create, capture, cancel, refund, adjust."));
        };
    }

    private Answer modify(
            Tenant tenant, String key, PaymentRoom.Command command, Modification modification)
            throws InterruptedException {
        String text =
                command.payment()
                        .orElseThrow(
                                () ->
                                        new Refusal(
                                                Problem.malformed(
                                                        "missing_field",
                                                        "payment",
                                                        "This field is required.")));
        UUID payment =
                TypeId.parse("pay", text)
                        .orElseThrow(() -> new Refusal(Problem.notFound("payment")));
        return payments.modify(tenant, key, payment, modification, patience(command.deadline()));
    }

    private Duration patience(OptionalLong deadline) {
        if (deadline.isEmpty()) {
            return config.requestDeadline();
        }
        if (deadline.getAsLong() < 1 || deadline.getAsLong() > DEADLINE_MOST) {
            throw new Refusal(
                    Problem.malformed(
                            "invalid_payment_deadline",
                            "deadline",
                            "It must be a whole number of seconds, 1 to 60."));
        }
        return Duration.ofSeconds(deadline.getAsLong());
    }
}
