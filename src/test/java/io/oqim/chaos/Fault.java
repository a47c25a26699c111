package io.oqim.chaos;

import io.oqim.dev.LocalRedis;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Something that goes wrong, and is put right.
 *
 * @param name what, and of whom
 * @param lasts how long it stays so
 * @param gentle whether no merchant may notice anything but connections that end
 */
record Fault(String name, Duration lasts, Step hurt, Step heal, boolean gentle) {
    private static final Duration MOMENT = Duration.ofSeconds(4);
    private static final Duration WHILE = Duration.ofSeconds(15);

    /** Does it. */
    interface Step {
        void run() throws Exception;
    }

    private static Fault of(String name, Duration lasts, Step hurt, Step heal) {
        return new Fault(name, lasts, hurt, heal, false);
    }

    /**
     * One of each kind.
     *
     * @param pause how long somebody stands still
     */
    static List<Fault> all(Fleet fleet, Random random, Duration pause) {
        List<Fault> all = new ArrayList<>();
        Node gateway = any(fleet.gateways(), random);
        Node worker = any(fleet.workers(), random);
        Node stream = any(fleet.streams(), random);
        for (Node node : List.of(gateway, worker, stream, fleet.bank())) {
            all.add(of(node.name() + " killed", MOMENT, node::kill, () -> restart(node)));
        }
        LocalRedis redis = any(fleet.redis(), random);
        all.add(of("one of three Redis killed", MOMENT, redis::stop, redis::restart));
        all.add(
                of(
                        "all three Redis killed",
                        MOMENT,
                        () -> fleet.redis().forEach(LocalRedis::stop),
                        () -> {
                            for (LocalRedis each : fleet.redis()) {
                                each.restart();
                            }
                        }));
        all.add(
                of(
                        "PostgreSQL's primary killed, its standby promoted",
                        MOMENT,
                        fleet::killPrimary,
                        () -> {
                            fleet.promote();
                            fleet.rebuild();
                        }));
        all.add(
                of(
                        "PostgreSQL's standby killed",
                        MOMENT,
                        fleet::killStandby,
                        fleet::restartStandby));
        Node cut = any(fleet.gateways(), random);
        all.add(
                of(
                        cut.name() + " cut off from PostgreSQL",
                        WHILE,
                        () -> fleet.cutFromPostgres(cut),
                        fleet::mendWires));
        Node other = any(fleet.gateways(), random);
        all.add(
                of(
                        other.name() + " cut off from Redis",
                        WHILE,
                        () -> fleet.cutFromRedis(other),
                        fleet::mendWires));
        Node still = any(fleet.gateways(), random);
        for (Node node : List.of(still, worker, stream)) {
            all.add(of(node.name() + " stands still", pause, node::pause, node::resume));
        }
        all.add(
                of(
                        "the bank stands still",
                        WHILE,
                        () -> fleet.bank().pause(),
                        () -> fleet.bank().resume()));
        all.add(
                new Fault(
                        "all gateways restarted in turn",
                        Duration.ZERO,
                        () -> {
                            for (Node each : fleet.gateways()) {
                                each.stop();
                                restart(each);
                            }
                        },
                        () -> {},
                        true));
        return all;
    }

    private static void restart(Node node) throws Exception {
        node.start();
        node.untilReady();
    }

    private static <T> T any(List<T> some, Random random) {
        return some.get(random.nextInt(some.size()));
    }
}
