package io.oqim.k8s;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The manifests as kustomize renders them: Kubernetes would take each object, and our own rules are
 * kept. For {@code .ci/run}, which sees to kustomize; where the schemas are, {@code
 * OQIM_KUBERNETES_SCHEMAS} says.
 */
class ManifestsCi {
    private static final Path OVERLAYS = Path.of("k8s", "overlays");
    private static final Map<String, Rendered> RENDERED = new ConcurrentHashMap<>();

    private static Rendered rendered(String overlay) {
        return RENDERED.computeIfAbsent(
                overlay,
                name -> {
                    try {
                        return Rendered.of(OVERLAYS.resolve(name));
                    } catch (IOException | InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                });
    }

    @ParameterizedTest
    @ValueSource(strings = {"dev", "prod"})
    void kubernetesTakesEachObject(String overlay) throws IOException {
        Path folder = schemas();
        if (folder == null) {
            System.out.println(
                    "ManifestsCi: OQIM_KUBERNETES_SCHEMAS is not set: not checked against schemas");
            return;
        }
        Schemas schemas = new Schemas(folder);
        List<String> wrong = new ArrayList<>();
        for (ObjectNode object : rendered(overlay).objects()) {
            wrong.addAll(schemas.problems(object));
        }

        assertThat(rendered(overlay).objects()).hasSizeGreaterThan(20);
        assertThat(wrong).isEmpty();
    }

    @Test
    void aFieldThatKubernetesDoesNotKnowIsRefused() throws IOException {
        Path folder = schemas();
        if (folder == null) {
            return;
        }
        ObjectNode broken = rendered("prod").copy().one("Deployment", "oqim-gateway").orElseThrow();
        Change.of(broken, "/spec/replica", "3");
        ObjectNode scaled =
                rendered("prod").copy().one("ScaledObject", "oqim-gateway").orElseThrow();
        Change.of(scaled, "/spec/minReplica", "3");

        assertThat(new Schemas(folder).problems(broken))
                .singleElement()
                .asString()
                .contains("replica");
        assertThat(new Schemas(folder).problems(scaled))
                .singleElement()
                .asString()
                .contains("minReplica");
    }

    @ParameterizedTest
    @MethodSource("everywhere")
    void eachRuleIsKept(Rule rule, String overlay) {
        assertThat(rule.violations(rendered(overlay))).isEmpty();
    }

    static Stream<Arguments> everywhere() {
        return rules().flatMap(
                        rule ->
                                Stream.of("dev", "prod")
                                        .map(overlay -> Arguments.of(rule, overlay)));
    }

    static Stream<Rule> rules() {
        return Stream.concat(Stream.of(PodRule.values()), Stream.of(ClusterRule.values()));
    }

    @ParameterizedTest
    @MethodSource("rules")
    void eachRuleNoticesWhenItIsBroken(Rule rule) {
        Rendered broken = rendered("prod").copy();
        rule.breakIt(broken);

        assertThat(rule.violations(broken)).isNotEmpty();
    }

    private static Path schemas() {
        String named = System.getenv("OQIM_KUBERNETES_SCHEMAS");
        Path folder = named == null || named.isEmpty() ? null : Path.of(named);
        if (folder != null) {
            assertThat(Files.isDirectory(folder)).as(named).isTrue();
        }
        return folder;
    }
}
