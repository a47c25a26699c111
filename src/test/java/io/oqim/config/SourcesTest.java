package io.oqim.config;

import static io.oqim.config.Samples.environment;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SourcesTest {
    @TempDir private Path directory;

    @Test
    void theFileThatOqimConfigNamesIsRead() throws IOException {
        Path file =
                file(
                        """
                        port: 9000
                        banks:
                          deadline: 5s
                          alpha:
                            url: "http://alpha.example"
                        risk:
                          bank-check: false
                        """);

        OqimConfig config = load(environment("OQIM_CONFIG", file.toString()));

        assertThat(config.server().port()).isEqualTo(9000);
        assertThat(config.banks().deadline()).isEqualTo(Duration.ofSeconds(5));
        assertThat(config.banks().endpoints())
                .extracting(BankEndpoint::url)
                .containsExactly(URI.create("http://alpha.example"));
        assertThat(config.risk().bankCheck()).isFalse();
    }

    @Test
    void aFileForEachValueIsReadFromTheFolderThatOqimSecretsNames() throws IOException {
        Path folder = Files.createDirectory(directory.resolve("secrets"));
        Files.writeString(folder.resolve("database.password"), "of the file\n");
        Files.writeString(folder.resolve("banks.alpha.key"), "alpha-key");
        Files.writeString(folder.resolve("port"), "9000");
        Files.createDirectory(folder.resolve("..2026_11_26"));
        Files.writeString(folder.resolve("..data"), "Kubernetes' own");
        Path file = file("database:\n  password: of the yaml\nport: 8000\n");

        OqimConfig config =
                load(
                        environment(
                                "OQIM_CONFIG", file.toString(),
                                "OQIM_SECRETS", folder.toString(),
                                "OQIM_PORT", "9100"));

        assertThat(config.database().password().reveal()).isEqualTo("of the file");
        assertThat(config.banks().endpoints().getFirst().key().reveal()).isEqualTo("alpha-key");
        assertThat(config.server().port()).isEqualTo(9100);
    }

    @Test
    void aFileInThatFolderThatIsNoSettingStopsTheStart() throws IOException {
        Path folder = Files.createDirectory(directory.resolve("secrets"));
        Files.writeString(folder.resolve("databse.password"), "x");

        assertThatThrownBy(() -> load(environment("OQIM_SECRETS", folder.toString())))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(
                        "databse.password is not a known key (in "
                                + folder.resolve("databse.password"));
        assertThatThrownBy(() -> load(environment("OQIM_SECRETS", folder + "/nowhere")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("which cannot be read");
    }

    @Test
    void aProcessThatServesNothingNeedsNoKeys() {
        assertThat(
                        OqimConfig.loadWithoutKeys(Map.of("OQIM_PORT", "9100"), new Properties())
                                .server()
                                .port())
                .isEqualTo(9100);
        assertThatThrownBy(
                        () ->
                                OqimConfig.loadWithoutKeys(
                                        Map.of("OQIM_CRYPTO_KEY", "short"), new Properties()))
                .hasMessageContaining("crypto.key must have at least 32 characters");
    }

    @Test
    void theEnvironmentGoesOverTheFile() throws IOException {
        Path file = file("port: 9000\nmanagement-port: 9001\n");

        OqimConfig config = load(environment("OQIM_CONFIG", file.toString(), "OQIM_PORT", "9100"));

        assertThat(config.server().port()).isEqualTo(9100);
        assertThat(config.server().managementPort()).isEqualTo(9001);
    }

    @Test
    void systemPropertiesGoOverTheEnvironment() throws IOException {
        Path file = file("port: 9000\n");

        OqimConfig config =
                load(
                        environment("OQIM_CONFIG", file.toString(), "OQIM_PORT", "9100"),
                        "oqim.port",
                        "9200",
                        "user.name",
                        "somebody");

        assertThat(config.server().port()).isEqualTo(9200);
    }

    @Test
    void aFileThatIsNamedAndMissingIsRefused() {
        Path file = directory.resolve("missing.yaml");

        assertThat(problems(environment("OQIM_CONFIG", file.toString())))
                .containsExactly("OQIM_CONFIG names " + file + ", which cannot be read");
    }

    @Test
    void problemsSayWhereTheValueCameFrom() throws IOException {
        Path file = file("port: x\nprot: 1\n");

        assertThat(
                        problems(
                                environment(
                                        "OQIM_CONFIG",
                                        file.toString(),
                                        "OQIM_MANAGEMENT_PORT",
                                        "y"),
                                "oqim.server.backlog",
                                "z"))
                .containsExactly(
                        "port must be a whole number from 0 to 65535, but is 'x' (in " + file + ")",
                        "management-port must be a whole number from 0 to 65535, but is 'y'"
                                + " (environment variable OQIM_MANAGEMENT_PORT)",
                        "server.backlog must be a whole number from 1 to 65535, but is 'z'"
                                + " (system property oqim.server.backlog)",
                        "prot is not a known key (in " + file + ")");
    }

    @Test
    void aVariableOfABankSetsThatBanksKey() {
        OqimConfig config =
                load(
                        environment(
                                "OQIM_BANKS_ALPHA_URL", "http://alpha.example",
                                "OQIM_BANKS_ALPHA_MAX_CONCURRENT", "7"));

        assertThat(config.banks().endpoints())
                .extracting(BankEndpoint::name, BankEndpoint::url, BankEndpoint::maxConcurrent)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple(
                                "alpha", URI.create("http://alpha.example"), 7));
    }

    @Test
    void aVariableOfAllBanksIsNotTakenForABank() {
        OqimConfig config = load(environment("OQIM_BANKS_SEND_WINDOW", "2500ms"));

        assertThat(config.banks().sendWindow()).isEqualTo(Duration.ofMillis(2500));
        assertThat(config.banks().endpoints()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"OQIM_PROT", "OQIM_BANKS_ALPHA", "OQIM_", "OQIM_SERVER_REQUESTDEADLINE"})
    void anUnknownVariableOfOursIsRefusedByItsName(String name) {
        assertThat(problems(environment(name, "1")))
                .containsExactly(name + " is not a known key (environment variable " + name + ")");
    }

    @Test
    void anUnknownSystemPropertyOfOursIsRefused() {
        assertThat(problems(environment(), "oqim.prot", "1"))
                .containsExactly("prot is not a known key (system property oqim.prot)");
    }

    @Test
    void variablesForClientsAndOfOthersAreNoSettings() {
        OqimConfig config =
                load(
                        environment(
                                "OQIM_URL", "http://127.0.0.1:8080",
                                "OQIM_API_KEY", "oq_test_x",
                                "OQIM_PID", "1",
                                "PATH", "/bin",
                                "PORT", "1"));

        assertThat(config.server().port()).isEqualTo(8080);
    }

    @Test
    void everyKeyCanBeSetByTheVariableThatTheDocumentNames() {
        List<Key> plain =
                OqimConfig.keys().stream().filter(key -> !key.name().contains("<")).toList();

        for (Key key : plain) {
            Settings settings =
                    Sources.read(
                            Map.of(key.environmentName(), "value"),
                            new Properties(),
                            OqimConfig.keys());

            assertThat(settings.text(key.name(), "nothing", ""))
                    .as(key.environmentName())
                    .isEqualTo("value");
        }
    }

    @Test
    void valuesOfTheFileAreTakenAsTheyStand() throws IOException {
        Path file = file("crypto:\n  key: 'a ${dollar} and a \\${backslash} in a long secret'\n");

        OqimConfig config =
                load(
                        Map.of(
                                "OQIM_CONFIG",
                                file.toString(),
                                "OQIM_ADMIN_KEY",
                                Samples.ADMIN_KEY,
                                "OQIM_VAULT_KEYS",
                                Samples.VAULT_KEYS));

        assertThat(config.crypto().key().reveal())
                .isEqualTo("a ${dollar} and a \\${backslash} in a long secret");
    }

    private Path file(String yaml) throws IOException {
        return Files.writeString(directory.resolve("oqim.yaml"), yaml);
    }

    private static OqimConfig load(Map<String, String> environment, String... system) {
        Properties properties = new Properties();
        for (int i = 0; i < system.length; i += 2) {
            properties.setProperty(system[i], system[i + 1]);
        }
        return OqimConfig.load(environment, properties);
    }

    private static List<String> problems(Map<String, String> environment, String... system) {
        var thrown = new java.util.ArrayList<String>();
        assertThatThrownBy(() -> load(environment, system))
                .isInstanceOfSatisfying(ConfigException.class, e -> thrown.addAll(e.problems()));
        return thrown;
    }
}
