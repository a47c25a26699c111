package io.oqim.bank;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.oqim.bank.generic.GenericBank;
import io.oqim.config.BanksConfig;
import io.oqim.config.OqimConfig;
import io.oqim.config.Settings;
import io.oqim.observe.Tracing;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Semaphore;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** Where a payment goes: the first of three banks that is up and has room, and back. */
@State(Scope.Benchmark)
public class RoutingBench {
    private final Banks banks = banks();
    private final Semaphore semaphore = new Semaphore(2000);

    private static Banks banks() {
        OqimConfig all =
                OqimConfig.from(
                                new Settings(
                                        Map.of(
                                                "admin-key", "an-admin-key-of-thirty-one-char",
                                                "crypto.key", "a-crypto-key-of-at-least-thirty-two-characters",
                                                "vault.keys", "local:a2tra2tra2tra2tra2tra2tra2tra2tra2tra2tra2s=",
                                                "banks.alpha.mode", "live",
                                                "banks.beta.mode", "live",
                                                "banks.gamma.mode", "test"),
                                        Map.of()));
        BanksConfig config = all.banks();
        Tracing tracing = new Tracing(all.tracing(), "bench");
        return new Banks(
                config.endpoints().stream()
                        .map(
                                endpoint ->
                                        new Bank(
                                                endpoint,
                                                config,
                                                new GenericBank(
                                                        new BankHttp(endpoint, config),
                                                        new Capabilities(false, false, false, true, Duration.ofMinutes(1))),
                                                tracing,
                                                new SimpleMeterRegistry()))
                        .toList());
    }

    @Benchmark
    public Banks.Choice choose() {
        Banks.Choice choice = banks.choose(true);
        if (choice instanceof Banks.Choice.Chosen chosen) {
            chosen.place().close();
        }
        return choice;
    }

    /** A place in a semaphore alone, and back. */
    @Benchmark
    public boolean placeAlone() {
        boolean entered = semaphore.tryAcquire();
        semaphore.release();
        return entered;
    }
}
