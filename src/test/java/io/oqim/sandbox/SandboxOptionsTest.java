package io.oqim.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class SandboxOptionsTest {
    @ParameterizedTest
    @ValueSource(strings = {"", "Alpha", "a/b", "control", "journal", "health", "1st"})
    void bankNeedsAUsableName(String name) {
        assertThatIllegalArgumentException().isThrownBy(() -> options(0, List.of("alpha", name)));
    }

    @Test
    void banksAreSomeAndDifferent() {
        assertThatIllegalArgumentException().isThrownBy(() -> options(0, List.of()));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> options(0, List.of("alpha", "alpha")));
    }

    @Test
    void portIsAPort() {
        assertThatIllegalArgumentException().isThrownBy(() -> options(65_536, List.of("alpha")));
    }

    @Test
    void keyIsNotShown() {
        assertThat(options(0, List.of("alpha")).toString()).doesNotContain("secret");
    }

    private static SandboxOptions options(int port, List<String> banks) {
        Path books = Path.of("books");
        Duration latency = Duration.ofMillis(1);
        return new SandboxOptions("127.0.0.1", port, books, "secret", banks, 1, latency, latency);
    }
}
