package io.oqim;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What alerts, dashboards and autoscalers look at is there. */
class WatchedMetricsIT {
    private static final Pattern NAME = Pattern.compile("\\b(oqim|jvm|process|system)_[a-z_]+");

    @Test
    void eachMetricThatTheManifestsWatchIsTold() throws IOException {
        Set<String> watched = new TreeSet<>();
        try (Stream<Path> files = Files.walk(Path.of("k8s"))) {
            for (Path file : files.filter(WatchedMetricsIT::watches).toList()) {
                NAME.matcher(Files.readString(file))
                        .results()
                        .forEach(found -> watched.add(found.group()));
            }
        }
        try (Rig rig = Rig.start()) {
            assertThat(rig.api().pay(1_000).status()).isEqualTo(201);
            Set<String> told =
                    rig.admin()
                            .get("/metrics")
                            .body()
                            .lines()
                            .filter(line -> !line.startsWith("#"))
                            .map(line -> line.split("[ {]", 2)[0])
                            .collect(Collectors.toSet());

            assertThat(watched).hasSizeGreaterThan(15);
            assertThat(told).containsAll(watched);
        }
    }

    private static boolean watches(Path file) {
        String name = file.getFileName().toString();
        return Set.of("alerts.yaml", "dashboard.json", "scaling.yaml", "scaled-objects.yaml")
                .contains(name);
    }
}
