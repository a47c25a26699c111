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
import io.oqim.crypto.Hashes;
import io.oqim.merchant.Tenant;
import io.oqim.risk.Facts;
import io.oqim.risk.Lists;
import io.oqim.risk.Velocity;
import io.oqim.vault.Card;
import java.net.InetAddress;
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
    private final Lists lists;
    private final Hashes hashes;
    private final RiskConfig config;
    private final MeterRegistry registry;

    Checks(
            Velocity velocity,
            Lists lists,
            Hashes hashes,
            RiskConfig config,
            MeterRegistry registry) {
        this.velocity = velocity;
        this.lists = lists;
        this.hashes = hashes;
        this.config = config;
        this.registry = registry;
    }

    /**
     * The checks, running.
     *
     * @param listed what the lists say, which is known at once
     * @param velocity unless that decides
     */
    record Running(
            Optional<Decline> listed,
            Optional<Leg<Optional<Velocity.Counted>>> velocity,
            Optional<Leg<RiskAnswer>> bank) {}

    /**
     * Starts them. The lists are in memory and looked at first: of a payment that they refuse
     * nothing is counted, and no bank is told.
     */
    Running start(FanOut fan, Tenant tenant, Open open, Bank bank) {
        Payment payment = open.payment();
        String key = open.operation().key().orElse("");
        Facts facts = facts(tenant, payment);
        // Joined: what may be in a database call is never interrupted.
        Listed listed = listed(fan.joined("lists", () -> lists.look(facts)));
        if (listed.decline().isPresent()) {
            return new Running(listed.decline(), Optional.empty(), Optional.empty());
        }
        Optional<Leg<Optional<Velocity.Counted>>> counted =
                listed.allowed()
                        ? Optional.empty()
                        : Optional.of(
                                fan.cancellable(
                                        "velocity",
                                        () ->
                                                velocity.count(
                                                        facts, key, tenant.policy().cardLimit())));
        if (!config.bankCheck()) {
            return new Running(Optional.empty(), counted, Optional.empty());
        }
        RiskQuestion question =
                new RiskQuestion(
                        payment.amount(),
                        payment.instrument().knownCard().map(Card::first6),
                        payment.details().customer().ip());
        BankCall call = BankCall.harmless(open.attempt().reference() + "-risk", config.deadline());
        return new Running(
                Optional.empty(),
                counted,
                Optional.of(
                        fan.cancellable("bank_risk_check", () -> bank.checkRisk(question, call))));
    }

    /** Waits for the checks, up to their deadline; the reason when one of them refuses. */
    Optional<Decline> verdict(Running running) {
        Optional<Decline> byVelocity = running.velocity().flatMap(this::velocity);
        Optional<Decline> byBank = running.bank().flatMap(this::bank);
        return running.listed().or(() -> byVelocity).or(() -> byBank);
    }

    private Facts facts(Tenant tenant, Payment payment) {
        Details.Customer customer = payment.details().customer();
        return new Facts(
                tenant.id(),
                payment.amount(),
                payment.instrument().hash(),
                payment.instrument().knownCard().map(Card::first6),
                customer.id(),
                customer.email().map(hashes::email),
                // It was read as a literal before: no name is ever looked up.
                customer.ip().map(InetAddress::ofLiteral),
                customer.country());
    }

    /**
     * What the lists say.
     *
     * @param allowed limits do not hold
     */
    private record Listed(Optional<Decline> decline, boolean allowed) {}

    private Listed listed(Leg<Lists.Verdict> leg) {
        return switch (leg.await()) {
            case Leg.Result.Done<Lists.Verdict> done ->
                    switch (done.value()) {
                        case Lists.Verdict.None none -> new Listed(Optional.empty(), false);
                        case Lists.Verdict.Allowed allowed -> {
                            leg.note("allowed: " + allowed.kind() + " " + allowed.entry());
                            yield new Listed(Optional.empty(), true);
                        }
                        case Lists.Verdict.Blocked blocked -> {
                            leg.note("blocked: " + blocked.kind() + " " + blocked.entry());
                            yield new Listed(
                                    Optional.of(
                                            Decline.risk(
                                                    "blocklisted",
                                                    "The blocklist has its "
                                                            + blocked.kind()
                                                            + ".")),
                                    false);
                        }
                    };
            case Leg.Result.Failed<Lists.Verdict> failed ->
                    new Listed(silent(leg, failed.cause().getClass().getSimpleName()), false);
            case Leg.Result.Late<Lists.Verdict> late -> new Listed(silent(leg, "late"), false);
        };
    }

    private Optional<Decline> velocity(Leg<Optional<Velocity.Counted>> leg) {
        return switch (leg.await()) {
            case Leg.Result.Done<Optional<Velocity.Counted>> done -> {
                leg.note(done.value().map(Velocity.Counted::note).orElse("no limit"));
                yield done.value()
                        .flatMap(Velocity.Counted::exceeded)
                        .map(
                                dimension ->
                                        Decline.risk(
                                                dimension.text() + "_velocity_exceeded",
                                                "Too many payments of one "
                                                        + dimension.text()
                                                        + " in a short time."));
            }
            case Leg.Result.Failed<Optional<Velocity.Counted>> failed -> {
                leg.note("not counted: " + failed.cause().getClass().getSimpleName());
                yield Optional.empty();
            }
            case Leg.Result.Late<Optional<Velocity.Counted>> late -> {
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

    private Optional<Decline> silent(Leg<?> leg, String reason) {
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
