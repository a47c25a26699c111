package io.oqim.payment;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.oqim.bank.Bank;
import io.oqim.bank.BankCall;
import io.oqim.bank.RiskAnswer;
import io.oqim.bank.RiskQuestion;
import io.oqim.concurrent.FanOut;
import io.oqim.concurrent.Leg;
import io.oqim.config.RiskConfig;
import io.oqim.merchant.Tenant;
import io.oqim.risk.Velocity;
import io.oqim.vault.Card;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * The checks that run beside the first commit.
 *
 * <p>Policies: velocity counts in this process when Redis is slow or gone, and the payment goes on;
 * the bank's risk check, when slow or down, means what {@code risk.on-failure} says.
 */
final class Checks {
    private final Velocity velocity;
    private final RiskConfig config;
    private final MeterRegistry registry;

    Checks(Velocity velocity, RiskConfig config, MeterRegistry registry) {
        this.velocity = velocity;
        this.config = config;
        this.registry = registry;
    }

    /** The checks' legs, running. */
    record Running(Leg<Velocity.Counted> velocity, Optional<Leg<RiskAnswer>> bank) {}

    Running start(FanOut fan, Tenant tenant, Open open, Bank bank) {
        Payment payment = open.payment();
        String key = open.operation().key().orElse("");
        Leg<Velocity.Counted> counted =
                fan.cancellable(
                        "velocity",
                        () ->
                                velocity.count(
                                        tenant.id(),
                                        payment.instrument().hash(),
                                        key,
                                        tenant.policy().cardLimit()));
        if (!config.bankCheck()) {
            return new Running(counted, Optional.empty());
        }
        RiskQuestion question =
                new RiskQuestion(
                        payment.amount(),
                        payment.instrument().knownCard().map(Card::first6),
                        payment.details().customer().ip());
        BankCall call = BankCall.harmless(open.attempt().reference() + "-risk", config.deadline());
        return new Running(
                counted,
                Optional.of(
                        fan.cancellable("bank_risk_check", () -> bank.checkRisk(question, call))));
    }

    /** Waits for the checks, up to their deadline; the reason when one of them refuses. */
    Optional<Decline> verdict(Running running) {
        Optional<Decline> byVelocity = velocity(running.velocity());
        Optional<Decline> byBank = running.bank().flatMap(this::bank);
        return byVelocity.or(() -> byBank);
    }

    private Optional<Decline> velocity(Leg<Velocity.Counted> leg) {
        return switch (leg.await()) {
            case Leg.Result.Done<Velocity.Counted> done -> {
                Velocity.Counted counted = done.value();
                leg.note((counted.locally() ? "counted locally: " : "counted: ") + counted.count());
                yield counted.exceeded()
                        ? Optional.of(
                                Decline.risk(
                                        "card_velocity_exceeded",
                                        "Too many payments with this card in a short time."))
                        : Optional.empty();
            }
            case Leg.Result.Failed<Velocity.Counted> failed -> {
                leg.note("not counted: " + failed.cause().getClass().getSimpleName());
                yield Optional.empty();
            }
            case Leg.Result.Late<Velocity.Counted> late -> {
                leg.note("not counted in time");
                yield Optional.empty();
            }
        };
    }

    private Optional<Decline> bank(Leg<RiskAnswer> leg) {
        return switch (leg.await()) {
            case Leg.Result.Done<RiskAnswer> done ->
                    switch (done.value()) {
                        case RiskAnswer.Allow allow -> {
                            leg.note("allowed");
                            yield Optional.empty();
                        }
                        case RiskAnswer.Refuse refuse -> {
                            leg.note("refused");
                            yield Optional.of(
                                    Decline.risk(
                                            refuse.code(),
                                            "The bank's risk check refused the payment."));
                        }
                        case RiskAnswer.Silent silent -> silent(leg, silent.reason());
                    };
            case Leg.Result.Failed<RiskAnswer> failed ->
                    silent(leg, failed.cause().getClass().getSimpleName());
            case Leg.Result.Late<RiskAnswer> late -> silent(leg, "late");
        };
    }

    private Optional<Decline> silent(Leg<RiskAnswer> leg, String reason) {
        leg.note(
                "no answer ("
                        + reason
                        + "): "
                        + config.onFailure().name().toLowerCase(java.util.Locale.ROOT));
        return switch (config.onFailure()) {
            case ALLOW -> Optional.empty();
            case REFUSE ->
                    Optional.of(
                            Decline.risk(
                                    "risk_check_unavailable",
                                    "The risk check did not answer in time."));
        };
    }

    /** Counts the legs of a fan-out that is over. */
    void measure(List<Leg.Timing> legs) {
        for (Leg.Timing leg : legs) {
            Timer.builder("oqim.fanout.leg")
                    .tag("leg", leg.name())
                    .tag("outcome", leg.outcome())
                    .register(registry)
                    .record(leg.endMicros() - leg.startMicros(), TimeUnit.MICROSECONDS);
        }
    }
}
