package io.oqim.chaos;

import io.oqim.testing.Soon;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;

/**
 * Merchants pay at a steady rate and follow their logs, while one fault comes after the other, in
 * an order and with victims that the seed decides. Prints a row for each, and at the end what is
 * wrong.
 *
 * <p>{@code bench/chaos [seed=N] [rate=100] [ramp=90] [pause=60] [settle=8] [faults=NUMBER]
 * [gateways=3] [workers=2] [streams=2]}
 */
public final class Chaos {
    private static final int TENANTS = 2;
    private static final int FOLLOWERS = 2;
    private static final Duration RECOVERED_WITHIN = Duration.ofMinutes(3);

    private final Plan plan;
    private final List<String> wrong = new ArrayList<>();

    /**
     * What is done.
     *
     * @param ramp until there are as many orders a second as in the end: a dozen processes that
     *     begin at once have their code to compile first
     * @param pause how long a process stands still
     * @param settle between one fault and the next
     * @param faults how many of them
     * @param only those with this in their name
     */
    record Plan(
            long seed,
            int rate,
            Duration ramp,
            Duration pause,
            Duration settle,
            int faults,
            String only,
            Fleet.Size size) {}

    Chaos(Plan plan) {
        this.plan = plan;
    }

    public static void main(String[] arguments) throws Exception {
        Map<String, String> options = new LinkedHashMap<>();
        for (String argument : arguments) {
            String[] pair = argument.split("=", 2);
            options.put(pair[0], pair.length == 2 ? pair[1] : "");
        }
        Plan plan =
                new Plan(
                        Long.parseLong(options.getOrDefault("seed", "" + System.nanoTime())),
                        Integer.parseInt(options.getOrDefault("rate", "100")),
                        Duration.ofSeconds(Long.parseLong(options.getOrDefault("ramp", "90"))),
                        Duration.ofSeconds(Long.parseLong(options.getOrDefault("pause", "60"))),
                        Duration.ofSeconds(Long.parseLong(options.getOrDefault("settle", "8"))),
                        Integer.parseInt(options.getOrDefault("faults", "1000")),
                        options.getOrDefault("only", ""),
                        new Fleet.Size(
                                Integer.parseInt(options.getOrDefault("gateways", "3")),
                                Integer.parseInt(options.getOrDefault("workers", "2")),
                                Integer.parseInt(options.getOrDefault("streams", "2"))));
        List<String> wrong = new Chaos(plan).run();
        System.exit(wrong.isEmpty() ? 0 : 1);
    }

    /** Runs it all; returns what is wrong in the end. */
    List<String> run() throws Exception {
        say("seed " + plan.seed());
        Random random = new Random(plan.seed());
        Path folder = Path.of("target", "chaos", Long.toString(ProcessHandle.current().pid()));
        try (Fleet fleet = new Fleet(folder, plan.size());
                Balancer balancer = new Balancer(fleet.gateways())) {
            List<String> keys = new ArrayList<>();
            for (int i = 0; i < TENANTS; i++) {
                keys.add(fleet.merchant());
            }
            try (Shops shops = new Shops(balancer, keys, random.nextLong())) {
                Map<Follower, String> followers = follow(fleet, keys, shops);
                shops.start(plan.rate(), plan.ramp());
                pause(plan.ramp());
                faults(fleet, shops, random);
                shops.finish();
                wrong.addAll(new Verdict(fleet, shops).all(followers));
                followers.keySet().forEach(Follower::close);
                conclude(shops, followers);
            }
        }
        return wrong;
    }

    private static Map<Follower, String> follow(Fleet fleet, List<String> keys, Shops shops) {
        Map<Follower, String> followers = new LinkedHashMap<>();
        for (String key : keys) {
            for (int i = 0; i < FOLLOWERS; i++) {
                followers.put(new Follower(fleet.streams(), key, shops.problems()), key);
            }
        }
        return followers;
    }

    private void faults(Fleet fleet, Shops shops, Random random) {
        List<Fault> faults = new ArrayList<>(Fault.all(fleet, random, plan.pause()));
        Collections.shuffle(faults, random);
        faults.removeIf(fault -> !fault.name().contains(plan.only()));
        say(
                "| fault | lasted | as before after | answered | \"not now\" | no answer | longest silence |");
        say("|---|---|---|---|---|---|---|");
        measure("none", false, shops, () -> pause(plan.settle().multipliedBy(3)));
        for (Fault fault : faults.subList(0, Math.min(plan.faults(), faults.size()))) {
            measure(
                    fault.name(),
                    fault.gentle(),
                    shops,
                    () -> {
                        fault.hurt().run();
                        pause(fault.lasts());
                        fault.heal().run();
                    });
        }
    }

    private void measure(String name, boolean gentle, Shops shops, Fault.Step step) {
        long answered = shops.answered().size();
        long refused = shops.refusals();
        var _ = shops.reasons();
        long failed = shops.failures();
        var _ = shops.gaps().longest();
        long started = System.nanoTime();
        try {
            step.run();
        } catch (Exception | AssertionError e) {
            wrong.add(name + ": " + e);
            say("WRONG: " + name + ": " + e);
        }
        Duration lasted = Duration.ofNanos(System.nanoTime() - started);
        Duration recovery = recovered(name, shops);
        pause(plan.settle());
        Duration silence = shops.gaps().longest();
        Map<String, Long> reasons = shops.reasons();
        if (gentle && shops.refusals() > refused) {
            wrong.add(name + ": requests were refused: " + reasons);
        }
        say(
                "| %s | %.0f s | %.0f s | %d | %d | %d | %.1f s |"
                        .formatted(
                                name,
                                lasted.toMillis() / 1e3,
                                recovery.toMillis() / 1e3,
                                shops.answered().size() - answered,
                                shops.refusals() - refused,
                                shops.failures() - failed,
                                silence.toMillis() / 1e3));
    }

    /** How long it takes until no more orders wait than one second brings. */
    private Duration recovered(String name, Shops shops) {
        long from = System.nanoTime();
        try {
            Soon.until(
                    RECOVERED_WITHIN,
                    "orders are answered as they come",
                    () -> shops.waiting() < plan.rate());
        } catch (AssertionError e) {
            wrong.add(
                    name + ": " + shops.waiting() + " orders wait " + RECOVERED_WITHIN + " later");
        }
        return Duration.ofNanos(System.nanoTime() - from);
    }

    private void conclude(Shops shops, Map<Follower, String> followers) {
        long events = followers.keySet().stream().mapToLong(Follower::seq).sum();
        long connections = followers.keySet().stream().mapToLong(Follower::connections).sum();
        say(
                "%d answers kept, %d streams with %d events in all over %d connections"
                        .formatted(shops.answered().size(), followers.size(), events, connections));
        wrong.forEach(line -> say("WRONG: " + line));
        say(
                wrong.isEmpty()
                        ? "nothing was lost, nothing was taken twice, no event is missing (seed "
                                + plan.seed()
                                + ")"
                        : wrong.size() + " things are wrong (seed " + plan.seed() + ")");
    }

    private static void pause(Duration time) {
        long end = System.nanoTime() + time.toNanos();
        while (System.nanoTime() - end < 0) {
            LockSupport.parkNanos(end - System.nanoTime());
        }
    }

    private static void say(String line) {
        System.out.println(line);
    }
}
