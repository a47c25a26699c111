package io.oqim.bank;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import io.oqim.config.BanksConfig;
import io.oqim.config.OqimConfig;
import io.oqim.config.Settings;
import io.oqim.testing.Authority;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A bank behind TLS that wants to see who we are. */
class BankTlsIT {
    private static final Duration DEADLINE = Duration.ofSeconds(5);

    @TempDir private Path folder;
    private Authority authority;
    private Authority.Issued own;
    private HttpsServer bank;
    private final List<String> heard = new CopyOnWriteArrayList<>();

    @BeforeEach
    void start() throws Exception {
        authority = new Authority(folder);
        own = authority.issue("oqim.example");
        Authority.Issued ignored = authority.issue("localhost");
        bank = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 10);
        bank.setHttpsConfigurator(wanting(authority.server("localhost")));
        bank.createContext(
                "/",
                exchange -> {
                    heard.add(exchange.getRequestURI().getPath());
                    byte[] answer = "{}".getBytes(StandardCharsets.UTF_8);
                    exchange.sendResponseHeaders(200, answer.length);
                    exchange.getResponseBody().write(answer);
                    exchange.close();
                });
        bank.start();
    }

    private static HttpsConfigurator wanting(SSLContext context) {
        return new HttpsConfigurator(context) {
            @Override
            public void configure(HttpsParameters parameters) {
                SSLParameters wanted = context.getDefaultSSLParameters();
                wanted.setNeedClientAuth(true);
                parameters.setSSLParameters(wanted);
            }
        };
    }

    @AfterEach
    void stop() {
        bank.stop(0);
    }

    @Test
    void isTrustedByItsAuthorityAndKnowsUsByOurCertificate() throws Exception {
        HttpAnswer answer =
                asked(
                        "tls-ca",
                        authority.root().toString(),
                        "tls-certificate",
                        own.certificate().toString(),
                        "tls-key",
                        own.key().toString());

        assertThat(answer).isInstanceOf(HttpAnswer.Answered.class);
        assertThat(heard).containsExactly("/p");
    }

    @Test
    void hearsNothingFromWhomItDoesNotKnow() throws Exception {
        // In TLS 1.3 a client is told only after its first bytes that it is not wanted.
        assertThat(asked("tls-ca", authority.root().toString()))
                .isNotInstanceOf(HttpAnswer.Answered.class);
        assertThat(heard).isEmpty();
    }

    @Test
    void isSentNothingWhenItsAuthorityIsNotTrusted() {
        assertThat(asked()).isInstanceOf(HttpAnswer.NotSent.class);
        assertThat(heard).isEmpty();
    }

    private HttpAnswer asked(String... tls) {
        Map<String, String> values = new HashMap<>();
        values.put("admin-key", "an-admin-key-of-thirty-one-char");
        values.put("crypto.key", "a-crypto-key-of-at-least-thirty-two-characters");
        values.put("vault.keys", "local:a2tra2tra2tra2tra2tra2tra2tra2tra2tra2tra2s=");
        values.put("banks.alpha.url", "https://localhost:" + bank.getAddress().getPort());
        for (int i = 0; i < tls.length; i += 2) {
            values.put("banks.alpha." + tls[i], tls[i + 1]);
        }
        BanksConfig config = OqimConfig.from(new Settings(values, Map.of())).banks();
        return new BankHttp(config.endpoints().getFirst(), config)
                .exchange(
                        BankHttp.Method.POST,
                        "/p",
                        "{}".getBytes(StandardCharsets.UTF_8),
                        new BankCall("r-1", System.nanoTime() + DEADLINE.toNanos(), DEADLINE));
    }
}
