package io.oqim.bank;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.oqim.bank.generic.GenericBank;
import io.oqim.config.BanksConfig;
import io.oqim.config.OqimConfig;
import io.oqim.config.Settings;
import io.oqim.dev.LocalRedis;
import io.oqim.money.Money;
import io.oqim.observe.Tracing;
import io.oqim.testing.Soon;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/** The breaker before a bank, over real connections. */
class BankIT {
    private static final Duration DEADLINE = Duration.ofSeconds(5);
    private static final Duration WINDOW = Duration.ofMillis(20);
    private static final int VOLUME = 4;

    /** Calls that got as far as the bank's own code. */
    private final AtomicInteger calls = new AtomicInteger();

    @Test
    void aBankIsNotDownBecauseThisProcessIsTooSlowToSend() throws Exception {
        try (ServerSocket listening = listening(0)) {
            Bank bank = bank(listening.getLocalPort());
            Soon.until(
                    "enough are tried",
                    () -> {
                        assertThat(capture(bank)).isInstanceOf(BankReply.NotSent.class);
                        return calls.get() > 3 * VOLUME;
                    });
            assertThat(bank.available()).isTrue();
        }
    }

    @Test
    void aBankThatCannotBeReachedIsDownUntilItHasAnswered() throws Exception {
        int port = LocalRedis.freePort();
        Bank bank = bank(port);
        Soon.until(
                "it is down",
                () -> {
                    assertThat(capture(bank)).isInstanceOf(BankReply.NotSent.class);
                    return !bank.available();
                });
        try (ServerSocket listening = listening(port)) {
            assertThat(listening.isBound()).isTrue();
            Soon.until("it may be tried", bank::available);
            int before = calls.get();
            Soon.until(
                    "it was tried",
                    () -> {
                        assertThat(capture(bank))
                                .isEqualTo(new BankReply.NotSent("too late to send", true));
                        return calls.get() > before;
                    });
            assertThat(bank.available()).as("nobody has heard of it").isFalse();
        }
    }

    private static ServerSocket listening(int port) throws IOException {
        return new ServerSocket(port, 50, InetAddress.getLoopbackAddress());
    }

    private static BankReply capture(Bank bank) {
        return bank.capture(
                new Modify("br-1", Money.of(1_000, "UZS")),
                new BankCall("r-1", System.nanoTime() + WINDOW.toNanos(), DEADLINE));
    }

    /** Asked by a process that has much to do before it gets to sending. */
    private Bank bank(int port) {
        BanksConfig config =
                OqimConfig.from(
                                new Settings(
                                        Map.of(
                                                "admin-key",
                                                "an-admin-key-of-thirty-one-char",
                                                "crypto.key",
                                                "a-crypto-key-of-at-least-thirty-two-characters",
                                                "vault.keys",
                                                "local:a2tra2tra2tra2tra2tra2tra2tra2tra2tra2tra2s=",
                                                "banks.alpha.url",
                                                "http://127.0.0.1:" + port,
                                                "banks.breaker-volume",
                                                Integer.toString(VOLUME),
                                                "banks.breaker-delay",
                                                "500ms"),
                                        Map.of()))
                        .banks();
        GenericBank real =
                new GenericBank(
                        new BankHttp(config.endpoints().getFirst(), config),
                        new Capabilities(true, true, true, true, Duration.ofSeconds(1)));
        BankConnector slow =
                (BankConnector)
                        Proxy.newProxyInstance(
                                BankIT.class.getClassLoader(),
                                new Class<?>[] {BankConnector.class},
                                (proxy, method, arguments) -> {
                                    int ignored = calls.incrementAndGet();
                                    BankCall call = (BankCall) arguments[1];
                                    while (!call.tooLate()) {
                                        LockSupport.parkNanos(call.sendBy() - System.nanoTime());
                                    }
                                    return method.invoke(real, arguments);
                                });
        return new Bank(
                config.endpoints().getFirst(),
                config,
                slow,
                Tracing.OFF,
                new SimpleMeterRegistry());
    }
}
