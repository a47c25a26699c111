package io.oqim.websocket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class SettingsTest {
    @Test
    void standardSettingsAreThoseOfTheDesign() {
        Settings settings = Settings.standard();

        assertThat(settings.maxMessageBytes()).isEqualTo(16_384);
        assertThat(settings.heartbeat()).hasSeconds(25);
        assertThat(settings.pongTimeout()).hasSeconds(10);
        assertThat(settings.writeDeadline()).hasSeconds(10);
    }

    @Test
    void theClockTicksOftenEnoughForTheShortestTime() {
        assertThat(Settings.standard().tick())
                .isBetween(Duration.ofSeconds(1), Duration.ofMillis(1_001));
        assertThat(TestServer.settings().tick()).isLessThan(Duration.ofMillis(300));
    }

    @Test
    void whatIsNotPositiveIsRefused() {
        Duration second = Duration.ofSeconds(1);

        assertThatThrownBy(() -> new Settings(1, 0, 1, 1, second, second, second, second, second))
                .hasMessage("maxMessageBytes must be positive: 0");
        assertThatThrownBy(
                        () ->
                                new Settings(
                                        1, 1, 1, 1, second, Duration.ZERO, second, second, second))
                .hasMessage("heartbeat must be positive: PT0S");
    }
}
