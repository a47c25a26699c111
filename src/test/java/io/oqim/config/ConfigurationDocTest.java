package io.oqim.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/**
 * The document is made from the code: {@code ./mvnw test -Dtest=ConfigurationDocTest
 * -Dwrite.docs=true}.
 */
class ConfigurationDocTest {
    private static final Path DOCUMENT = Path.of("docs", "configuration.md");

    @Test
    void theDocumentSaysWhatTheCodeDoes() throws IOException {
        if (Boolean.getBoolean("write.docs")) {
            Files.createDirectories(DOCUMENT.getParent());
            Files.writeString(DOCUMENT, document());
        }

        assertThat(DOCUMENT)
                .as("run this test with -Dwrite.docs=true to write the document anew")
                .content()
                .isEqualTo(document());
    }

    @Test
    void everyKeyHasALineWithNothingLeftOut() {
        assertThat(OqimConfig.keys())
                .allSatisfy(
                        key -> {
                            assertThat(key.name()).matches("[a-z<>.-]+");
                            assertThat(key.type()).isNotBlank();
                            assertThat(key.standard()).isNotBlank();
                            assertThat(key.meaning()).isNotBlank();
                            assertThat(row(key)).contains(key.environmentName());
                        });
    }

    private static String document() {
        StringBuilder out =
                new StringBuilder(
                        """
                        # Configuration

                        Every value can stand in `application.yaml` in the working directory (or in the file that
                        `OQIM_CONFIG` names), in a file of its own with the name of its key, in the folder that `OQIM_SECRETS`
                        names (as Kubernetes mounts secrets), in the environment, or in a system property with `oqim.` in front
                        (`-Doqim.port=9000`). A system property goes over the environment, the environment over the file.

                        A key that is not in this table, a value out of its bounds, and time-outs that would defeat one
                        another stop the start, with all problems listed. Secrets print as `[REDACTED]`.

                        Durations are a whole number with its unit: `250ms`, `10s`, `5m`, `1h`, `30d`. `<name>` is the name
                        of a bank, 1 to 20 lower-case letters and digits, beginning with a letter; a bank exists when any of
                        its keys is set.

                        This file is written by `ConfigurationDocTest` (`-Dwrite.docs=true`), and held true by it.

                        | key | environment variable | type, unit and bounds | default | meaning |
                        |---|---|---|---|---|
                        """);
        OqimConfig.keys().forEach(key -> out.append(row(key)));
        return out.toString();
    }

    private static String row(Key key) {
        return "| `%s` | `%s` | %s | %s | %s |\n"
                .formatted(
                        key.name(),
                        key.environmentName(),
                        cell(key.type()),
                        standard(key.standard()),
                        cell(key.meaning()));
    }

    private static String standard(String value) {
        return value.equals("required") || value.equals("(empty)") ? value : "`" + value + "`";
    }

    private static String cell(String text) {
        return text.replace("|", "\\|");
    }
}
