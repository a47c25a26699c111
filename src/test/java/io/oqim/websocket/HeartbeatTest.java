package io.oqim.websocket;

import static io.oqim.websocket.Heartbeat.Verdict.FINE;
import static io.oqim.websocket.Heartbeat.Verdict.LOST;
import static io.oqim.websocket.Heartbeat.Verdict.PING;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class HeartbeatTest {
    private static final long START = 1_000;
    private final Heartbeat heartbeat =
            new Heartbeat(Duration.ofNanos(25), Duration.ofNanos(10), START);

    @Test
    void silencePingsOnceAndThenLosesThePeer() {
        assertThat(heartbeat.check(START + 24)).isEqualTo(FINE);
        assertThat(heartbeat.check(START + 25)).isEqualTo(PING);
        assertThat(heartbeat.check(START + 34)).isEqualTo(FINE);
        assertThat(heartbeat.check(START + 35)).isEqualTo(LOST);
    }

    @Test
    void anythingHeardAnswersThePing() {
        assertThat(heartbeat.check(START + 25)).isEqualTo(PING);
        heartbeat.heard(START + 30);

        assertThat(heartbeat.check(START + 40)).isEqualTo(FINE);
        assertThat(heartbeat.check(START + 54)).isEqualTo(FINE);
        assertThat(heartbeat.check(START + 55)).isEqualTo(PING);
    }

    @Test
    void whoeverTalksIsNotPinged() {
        for (int at = 20; at < 200; at += 20) {
            heartbeat.heard(START + at);
            assertThat(heartbeat.check(START + at + 19)).isEqualTo(FINE);
        }
    }

    @Test
    void silenceProvesNothingWhileTheListenerWorks() {
        heartbeat.busy(true);
        assertThat(heartbeat.check(START + 25)).isEqualTo(PING);
        assertThat(heartbeat.check(START + 500)).isEqualTo(FINE);

        heartbeat.busy(false);
        assertThat(heartbeat.check(START + 509)).isEqualTo(FINE);
        assertThat(heartbeat.check(START + 510)).isEqualTo(LOST);
    }
}
