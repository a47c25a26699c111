package io.oqim.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SourcesStrictTest {
    @TempDir private Path directory;

    @Test
    void aFileThatIsNotYamlIsAProblemLikeAnyOther() throws IOException {
        Path file = Files.writeString(directory.resolve("oqim.yaml"), "port: [\n  - {");

        assertThatThrownBy(
                        () ->
                                OqimConfig.load(
                                        Samples.environment("OQIM_CONFIG", file.toString()),
                                        new Properties()))
                .isInstanceOfSatisfying(
                        ConfigException.class,
                        e -> assertThat(e.problems().getFirst()).contains("is not readable YAML"));
    }

    @Test
    void aScheduleWithoutAPauseIsRefused() {
        assertThat(Samples.problems("resolver.schedule", "0s")).hasSize(1);
    }

    @Test
    void aScheduleBeyondAllMeasureIsRefused() {
        assertThat(Samples.problems("resolver.schedule", "1s,999999999999d")).hasSize(1);
    }
}
