package io.oqim;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

/** What alerts and autoscalers look at. */
class BacklogIT {
    @Test
    void aWorkerTellsWhatIsLeftToDoUntilItIsDone() {
        try (Rig rig = Rig.start(Map.of("upkeep.backlog-every", "50ms"))) {
            rig.stopGateway();
            try (Rig.Neighbour gateway = rig.neighbour(Role.GATEWAY, Map.of())) {
                assertThat(gateway.api().pay(1_230_068).text("status")).isEqualTo("in_doubt");
                assertThat(gateway.management().get("/metrics").body())
                        .as("a gateway counts nothing")
                        .doesNotContain("oqim_backlog");
            }
            rig.stopSandbox();
            try (Rig.Neighbour worker =
                    rig.neighbour(Role.WORKER, Map.of("resolver.schedule", "50ms"))) {
                Api management = worker.management();
                Until.is(() -> management.metric("oqim_backlog_due"), due -> due == 1);
                Until.is(() -> management.metric("oqim_backlog_doubt_seconds"), age -> age >= 1);
                assertThat(management.metric("oqim_backlog_unsettled")).isZero();
                assertThat(management.metric("oqim_backlog_webhooks")).isZero();

                rig.restartSandbox();

                Until.is(() -> management.metric("oqim_backlog_doubt_seconds"), age -> age == 0);
                Until.is(() -> management.metric("oqim_backlog_due"), due -> due == 0);
            }
            rig.startGateway();
        }
    }
}
