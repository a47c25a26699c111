package io.oqim.config;

import static io.oqim.config.Samples.config;
import static io.oqim.config.Samples.problems;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OqimConfigTest {
    @Test
    void onlyThreeSecretsHaveNoDefault() {
        assertThatThrownBy(() -> OqimConfig.from(Settings.empty()))
                .isInstanceOfSatisfying(
                        ConfigException.class,
                        e ->
                                assertThat(e.problems())
                                        .containsExactly(
                                                "admin-key is required (the first admin key, a bearer token for"
                                                        + " /admin/v1)",
                                                "crypto.key is required (key of the card hashes and request"
                                                        + " fingerprints; a changed key makes both incomparable"
                                                        + " with older ones)",
                                                "vault.keys is required (keys that encrypt the data keys of cards,"
                                                        + " the one that is used first: NAME:BASE64 of 32 bytes"
                                                        + " each, comma between)"));
    }

    @Test
    void defaultsAreThoseOfTheDesign() {
        OqimConfig config = config();

        assertThat(config.server().port()).isEqualTo(8080);
        assertThat(config.server().managementPort()).isEqualTo(8081);
        assertThat(config.server().managementHost()).isEqualTo("127.0.0.1");
        assertThat(config.server().requestDeadline()).isEqualTo(Duration.ofSeconds(10));
        assertThat(config.server().maxBodyBytes()).isEqualTo(64 * 1024);
        assertThat(config.server().maxHeaderBytes()).isEqualTo(16 * 1024);
        assertThat(config.database().lockTimeout()).isEqualTo(Duration.ofMillis(500));
        assertThat(config.database().idleInTransaction()).isEqualTo(Duration.ofSeconds(1));
        assertThat(config.risk().onFailure()).isEqualTo(RiskConfig.OnFailure.ALLOW);
        assertThat(config.stream().heartbeat()).isEqualTo(Duration.ofSeconds(25));
        assertThat(config.stream().subscribeTimeout()).isEqualTo(Duration.ofSeconds(10));
        assertThat(config.resolver().schedule())
                .startsWith(
                        Duration.ofSeconds(1),
                        Duration.ofSeconds(2),
                        Duration.ofSeconds(5),
                        Duration.ofSeconds(15));
        assertThat(config.banks().endpoints()).isEmpty();
    }

    @Test
    void everyDefaultIsAValueThatItsKeyTakes() {
        String[] written =
                OqimConfig.keys().stream()
                        .filter(key -> !key.standard().equals("required"))
                        .filter(key -> !key.standard().equals("(empty)"))
                        .flatMap(
                                key ->
                                        java.util.stream.Stream.of(
                                                key.name().replace("<name>", "alpha"),
                                                key.standard()))
                        .toArray(String[]::new);

        assertThat(problems(written)).isEmpty();
    }

    @Test
    void noKeyIsThereTwice() {
        assertThat(OqimConfig.keys()).extracting(Key::name).doesNotHaveDuplicates();
        assertThat(OqimConfig.keys()).extracting(Key::environmentName).doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    server.request-deadline | 8s | server.request-deadline is 8s, but banks.send-window + banks.deadline + journal.second-commit need 9s
                    banks.deadline          | 8s | server.request-deadline is 10s, but banks.send-window + banks.deadline + journal.second-commit need 11s
                    journal.second-commit   | 3s | server.request-deadline is 10s, but banks.send-window + banks.deadline + journal.second-commit need 11s
                    journal.commit-wait     | 2001ms | journal.commit-wait must not be longer than banks.send-window: a first commit that late could not be followed by a call to the bank
                    risk.deadline           | 2s | risk.deadline must be shorter than banks.send-window
                    banks.connect-timeout   | 6s | banks.connect-timeout must be shorter than banks.deadline
                    database.lock-timeout   | 5s | database.lock-timeout must be shorter than database.statement-timeout
                    database.pool-size      | 13 | database.pool-size must be larger than journal.lanes + journal.background-lanes, which hold a connection each while they write, + stream.max-reads + stream.max-tail-reads + 2 * webhooks.max-steps: payments read too
                    """)
    void valuesThatDefeatOneAnotherAreRefused(String key, String value, String problem) {
        assertThat(problems(key, value)).containsExactly(problem);
    }

    @ParameterizedTest
    @CsvSource({
        "server.request-deadline,9s",
        "journal.commit-wait,2s",
        "risk.deadline,1999ms",
        "banks.connect-timeout,5999ms",
        "database.lock-timeout,4999ms",
        "database.pool-size,14"
    })
    void valuesThatJustGoTogetherAreTaken(String key, String value) {
        assertThat(problems(key, value)).isEmpty();
    }

    @Test
    void badValuesContradictionsAndUnknownKeysAreListedTogether() {
        assertThat(
                        problems(
                                "admin-key", "short",
                                "port", "99999",
                                "risk.bank-check", "maybe",
                                "risk.deadline", "3s",
                                "server.request-deadlin", "9s",
                                "banks.Alpha.url", "ftp://bank"))
                .containsExactlyInAnyOrder(
                        "admin-key must have at least 24 characters, but has 5",
                        "port must be a whole number from 0 to 65535, but is '99999'",
                        "risk.bank-check must be true or false, but is 'maybe'",
                        "risk.deadline must be shorter than banks.send-window",
                        "server.request-deadlin is not a known key (configuration)",
                        "banks.Alpha must be named by 1 to 20 lower-case letters and digits",
                        "banks.Alpha.url must be an http or https URL with a host, but is 'ftp://bank'");
    }

    @Test
    void aBankIsReadFromWhatStandsBelowItsName() {
        List<BankEndpoint> banks =
                config(
                                "banks.alpha.url", "https://alpha.example/api",
                                "banks.alpha.mode", "live",
                                "banks.alpha.key", "alpha-secret",
                                "banks.alpha.journal-url", "https://alpha.example/journal",
                                "banks.alpha.max-concurrent", "5",
                                "banks.alpha.tokens", "true",
                                "banks.alpha.void-by-reference", "false",
                                "banks.alpha.disputes", "true",
                                "banks.alpha.longest-delay", "2h",
                                "banks.alpha.authorization-validity", "3d",
                                "banks.beta.key", "beta-secret")
                        .banks()
                        .endpoints();

        assertThat(banks)
                .containsExactly(
                        new BankEndpoint(
                                "alpha",
                                BankEndpoint.Mode.LIVE,
                                URI.create("https://alpha.example/api"),
                                Optional.of(URI.create("https://alpha.example/journal")),
                                new Secret("alpha-secret"),
                                new TlsConfig(Optional.empty(), Optional.empty()),
                                5,
                                true,
                                false,
                                true,
                                false,
                                Duration.ofHours(2),
                                Duration.ofDays(3)),
                        new BankEndpoint(
                                "beta",
                                BankEndpoint.Mode.TEST,
                                URI.create("http://127.0.0.1:8090/alpha"),
                                Optional.empty(),
                                new Secret("beta-secret"),
                                new TlsConfig(Optional.empty(), Optional.empty()),
                                2000,
                                false,
                                false,
                                false,
                                true,
                                Duration.ofMinutes(1),
                                Duration.ofDays(7)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "alpha", "ftp://alpha.example", "http://", "http:/alpha", "http://a b"})
    void aBankNeedsAnHttpUrlWithAHost(String url) {
        assertThat(problems("banks.alpha.url", url))
                .containsExactly(
                        "banks.alpha.url must be an http or https URL with a host, but is '"
                                + url
                                + "'");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Alpha", "1st", "al-pha", "abcdefghijklmnopqrstu"})
    void aBankIsNamedByLettersAndDigits(String name) {
        assertThat(problems("banks." + name + ".mode", "test"))
                .containsExactly(
                        "banks."
                                + name
                                + " must be named by 1 to 20 lower-case letters and digits");
    }

    @Test
    void anUnknownKeyOfABankIsRefused() {
        assertThat(problems("banks.alpha.secret", "x"))
                .containsExactly("banks.alpha.secret is not a known key (configuration)");
    }

    @Test
    void secretsAreNotShownByTheRecordsThatHoldThem() {
        OqimConfig config =
                config(
                        "database.password", "database-secret",
                        "database.migrate-password", "migrate-secret",
                        "redis.url", "redis://:redis-secret@127.0.0.1",
                        "banks.alpha.key", "bank-secret");

        assertThat(config.toString())
                .contains("adminKey=[REDACTED]")
                .contains("password=[REDACTED]")
                .contains("url=[REDACTED]")
                .doesNotContain(Samples.ADMIN_KEY)
                .doesNotContain(Samples.CRYPTO_KEY)
                .doesNotContain("database-secret")
                .doesNotContain("migrate-secret")
                .doesNotContain("redis-secret")
                .doesNotContain("bank-secret");
    }

    @Test
    void noSecretIsRepeatedByAProblem() {
        assertThat(problems("admin-key", "hunter2", "crypto.key", "correct horse"))
                .hasSize(2)
                .noneMatch(problem -> problem.contains("hunter2") || problem.contains("correct"));
    }

    @Test
    void theExceptionSaysHowManyProblemsThereAre() {
        Settings settings =
                new Settings(Samples.values("port", "x"), Map.of("port", "in the file"));

        assertThatThrownBy(() -> OqimConfig.from(settings))
                .hasMessage(
                        """
                        the configuration has 1 problem:
                          - port must be a whole number from 0 to 65535, but is 'x' (in the file)""");
    }
}
