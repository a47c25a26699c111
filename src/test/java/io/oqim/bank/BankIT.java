package io.oqim.bank;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.oqim.bank.generic.GenericBank;
import io.oqim.config.BanksConfig;
import io.oqim.config.OqimConfig;
import io.oqim.config.Settings;
import io.oqim.money.Money;
import io.oqim.observe.Tracing;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/** The breaker before a bank, over real connections. */
class BankIT {
    private static final Duration DEADLINE = Duration.ofSeconds(5);
    private static final int VOLUME = 4;

    @Test
    void aBankIsNotDownBecauseThisProcessIsTooSlowToSend() throws Exception {
        try (ServerSocket listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            Bank bank = bank(listening.getLocalPort());
            for (int i = 0; i < 3 * VOLUME; i++) {
                BankReply reply = captured(bank, Duration.ofMillis(20));

                assertThat(reply).isInstanceOf(BankReply.NotSent.class);
            }
            assertThat(bank.available()).isTrue();
        }
    }

    @Test
    void aBankThatCannotBeReachedIsDown() throws Exception {
        int port;
        try (ServerSocket free = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        Bank bank = bank(port);
        for (int i = 0; i < VOLUME; i++) {
            BankReply reply = captured(bank, Duration.ofMillis(20));

            assertThat(reply).isInstanceOf(BankReply.NotSent.class);
        }
        assertThat(bank.available()).isFalse();
    }

    private static BankReply captured(Bank bank, Duration window) {
        return bank.capture(
                new Modify("br-1", Money.of(1_000, "UZS")),
                new BankCall("r-1", System.nanoTime() + window.toNanos(), DEADLINE));
    }

    /** Asked by a process that has much to do before it gets to sending. */
    private static Bank bank(int port) {
        BanksConfig config =
                OqimConfig.from(
                                new Settings(
                                        Map.of(
                                                "admin-key",
                                                "an-admin-key-of-thirty-one-char",
                                                "crypto.key",
                                                "a-crypto-key-of-at-least-thirty-two-characters",
                                                "banks.alpha.url",
                                                "http://127.0.0.1:" + port,
                                                "banks.breaker-volume",
                                                Integer.toString(VOLUME)),
                                        Map.of()))
                        .banks();
        GenericBank real =
                new GenericBank(
                        new BankHttp(config.endpoints().getFirst(), config),
                        new Capabilities(true, Duration.ofSeconds(1)));
        BankConnector slow =
                (BankConnector)
                        Proxy.newProxyInstance(
                                BankIT.class.getClassLoader(),
                                new Class<?>[] {BankConnector.class},
                                (proxy, method, arguments) -> {
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
