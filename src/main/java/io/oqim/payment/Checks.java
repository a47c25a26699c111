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
import io.oqim.risk.Action;
import io.oqim.risk.Facts;
import io.oqim.risk.Judgement;
import io.oqim.risk.Listing;
import io.oqim.risk.RiskProfile;
import io.oqim.risk.RiskProfiles;
import io.oqim.risk.Velocity;
import io.oqim.vault.Card;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
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
    private final RiskProfiles profiles;
    private final Hashes hashes;
    private final RiskConfig config;
    private final MeterRegistry registry;

    Checks(
            Velocity velocity,
            RiskProfiles profiles,
            Hashes hashes,
            RiskConfig config,
            MeterRegistry registry) {
        this.velocity = velocity;
        this.profiles = profiles;
        this.hashes = hashes;
        this.config = config;
        this.registry = registry;
    }

    /**
     * The checks, running.
     *
     * @param listed what the lists say, which is known at once
     * @param counting unless that decides, or says that no limit holds
     */
    record Running(
            Optional<Decline> listed,
            Optional<Counting> counting,
            Optional<Leg<RiskAnswer>> bank) {}

    /** What is counted, and what the rules are told besides. */
    record Counting(Leg<Optional<Velocity.Counted>> leg, Facts facts, RiskProfile profile) {}

    /**
     * What the checks came to.
     *
     * @param decline when one of them refuses
     * @param rules what the tenant's rules say; empty when it has none, or they were not asked
     */
    record Verdict(Optional<Decline> decline, Optional<Judgement> rules) {
        private static final Verdict NOTHING = new Verdict(Optional.empty(), Optional.empty());

        boolean asks(Action action) {
            return rules.filter(judged -> judged.asks(action)).isPresent();
        }
    }

    /**
     * Starts them. The lists are in memory and looked at first: of a payment that they refuse
     * nothing is counted, and no bank is told.
     */
    Running start(FanOut fan, Tenant tenant, Open open, Bank bank) {
        Payment payment = open.payment();
        String key = open.operation().key().orElse("");
        Facts facts = facts(hashes, tenant.id(), payment);
        // Joined: what may be in a database call is never interrupted.
        Listed listed = listed(fan.joined("lists", () -> look(facts)));
        if (listed.decline().isPresent()) {
            return new Running(listed.decline(), Optional.empty(), Optional.empty());
        }
        RiskProfile profile = listed.profile();
        Optional<Counting> counting =
                listed.allowed()
                        ? Optional.empty()
                        : Optional.of(
                                new Counting(
                                        fan.cancellable(
                                                "velocity",
                                                () ->
                                                        velocity.count(
                                                                facts,
                                                                key,
                                                                tenant.policy().cardLimit(),
                                                                profile.counted())),
                                        facts,
                                        profile));
        if (!config.bankCheck()) {
            return new Running(Optional.empty(), counting, Optional.empty());
        }
        RiskQuestion question =
                new RiskQuestion(
                        payment.amount(),
                        payment.instrument().knownCard().map(Card::first6),
                        payment.details().customer().ip());
        BankCall call = BankCall.harmless(open.attempt().reference() + "-risk", config.deadline());
        return new Running(
                Optional.empty(),
                counting,
                Optional.of(
                        fan.cancellable("bank_risk_check", () -> bank.checkRisk(question, call))));
    }

    /** Waits for the checks, up to their deadline. */
    Verdict verdict(Running running) {
        if (running.listed().isPresent()) {
            return new Verdict(running.listed(), Optional.empty());
        }
        Verdict ours = running.counting().map(this::judged).orElse(Verdict.NOTHING);
        Optional<Decline> byBank = running.bank().flatMap(this::bank);
        return new Verdict(ours.decline().or(() -> byBank), ours.rules());
    }

    /** What limits say, and then the rules. */
    private Verdict judged(Counting counting) {
        Optional<Velocity.Counted> counted = counted(counting.leg());
        Optional<Decline> exceeded =
                counted.flatMap(Velocity.Counted::exceeded)
                        .map(
                                dimension ->
                                        Decline.risk(
                                                dimension.text() + "_velocity_exceeded",
                                                "Too many payments of one "
                                                        + dimension.text()
                                                        + " in a short time."));
        if (exceeded.isPresent() || !counting.profile().hasRules()) {
            return new Verdict(exceeded, Optional.empty());
        }
        Judgement judgement =
                counting.profile()
                        .judge(
                                counting.facts(),
                                counted.map(Velocity.Counted::counts).orElse(Map.of()));
        return new Verdict(
                judgement.asks(Action.BLOCK)
                        ? Optional.of(
                                Decline.risk(
                                        "blocked_by_rule", "A rule of yours refused the payment."))
                        : Optional.empty(),
                Optional.of(judgement));
    }

    /** What a payment is judged by. */
    static Facts facts(Hashes hashes, long tenant, Payment payment) {
        Details.Customer customer = payment.details().customer();
        return new Facts(
                tenant,
                payment.amount(),
                payment.instrument().hash(),
                payment.instrument().knownCard().map(Card::first6),
                customer.id(),
                customer.email().map(hashes::email),
                // It was read as a literal before: no name is ever looked up.
                customer.ip().map(InetAddress::ofLiteral),
                customer.country());
    }

    /** A tenant's lists and rules, and what the former say of a payment. */
    private record Looked(RiskProfile profile, Listing listing) {}

    private Looked look(Facts facts) {
        RiskProfile profile = profiles.of(facts.tenant());
        return new Looked(profile, profile.listing(facts));
    }

    /**
     * What the lists say.
     *
     * @param allowed neither limits nor rules hold
     */
    private record Listed(Optional<Decline> decline, boolean allowed, RiskProfile profile) {}

    private Listed listed(Leg<Looked> leg) {
        return switch (leg.await()) {
            case Leg.Result.Done<Looked> done -> {
                RiskProfile profile = done.value().profile();
                yield switch (done.value().listing()) {
                    case Listing.None none -> new Listed(Optional.empty(), false, profile);
                    case Listing.Allowed allowed -> {
                        leg.note("allowed: " + allowed.kind() + " " + allowed.entry());
                        yield new Listed(Optional.empty(), true, profile);
                    }
                    case Listing.Blocked blocked -> {
                        leg.note("blocked: " + blocked.kind() + " " + blocked.entry());
                        Decline decline =
                                Decline.risk(
                                        "blocklisted",
                                        "The blocklist has its " + blocked.kind() + ".");
                        yield new Listed(Optional.of(decline), false, profile);
                    }
                };
            }
            case Leg.Result.Failed<Looked> failed ->
                    unknown(leg, failed.cause().getClass().getSimpleName());
            case Leg.Result.Late<Looked> late -> unknown(leg, "late");
        };
    }

    private Listed unknown(Leg<Looked> leg, String reason) {
        return new Listed(silent(leg, reason), false, RiskProfile.EMPTY);
    }

    private static Optional<Velocity.Counted> counted(Leg<Optional<Velocity.Counted>> leg) {
        return switch (leg.await()) {
            case Leg.Result.Done<Optional<Velocity.Counted>> done -> {
                leg.note(done.value().map(Velocity.Counted::note).orElse("no limit"));
                yield done.value();
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
