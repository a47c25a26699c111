package io.oqim;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/**
 * What Oqim is made of: {@code target/bom.json} (CycloneDX, also in the image), and {@code
 * target/licences.txt}, which is written here.
 */
class LicencesIT {
    /** Each lets Oqim be used, changed and sold as its own licence does. */
    private static final Set<String> GOOD =
            Set.of(
                    "Apache-2.0",
                    "BSD-2-Clause",
                    "BSD-3-Clause",
                    "CC0-1.0",
                    "EPL-2.0",
                    "MIT",
                    "MIT-0");

    @Test
    void allThatIsShippedIsListedUnderALicenceThatFits() throws IOException {
        TreeMap<String, Set<String>> licences = new TreeMap<>();
        for (JsonObject component : components()) {
            licences.put(
                    component.getString("group")
                            + ":"
                            + component.getString("name")
                            + ":"
                            + component.getString("version"),
                    licences(component));
        }

        Files.write(
                Path.of("target", "licences.txt"),
                licences.entrySet().stream()
                        .map(each -> each.getKey() + "  " + String.join(" or ", each.getValue()))
                        .toList());
        assertThat(licences)
                .allSatisfy(
                        (component, of) ->
                                assertThat(of).as(component).containsAnyElementsOf(GOOD));
        Set<String> jars = new TreeSet<>();
        try (var lib = Files.list(Path.of("target", "lib"))) {
            lib.forEach(jar -> jars.add(jar.getFileName().toString()));
        }
        Set<String> listed = new TreeSet<>();
        licences.keySet()
                .forEach(
                        component -> {
                            String[] parts = component.split(":", 3);
                            listed.add(parts[1] + "-" + parts[2] + ".jar");
                        });
        assertThat(listed).as("what is in the jar's folder").containsAll(jars);
    }

    private static List<JsonObject> components() throws IOException {
        try (var in = Files.newInputStream(Path.of("target", "bom.json"));
                var reader = Json.createReader(in)) {
            return reader.readObject().getJsonArray("components").getValuesAs(JsonObject.class);
        }
    }

    private static Set<String> licences(JsonObject component) {
        Set<String> names = new TreeSet<>();
        if (component.containsKey("licenses")) {
            for (JsonObject each :
                    component.getJsonArray("licenses").getValuesAs(JsonObject.class)) {
                Optional.ofNullable(each.getJsonObject("license"))
                        .map(licence -> licence.getString("id", licence.getString("name", "")))
                        .or(() -> Optional.of(each.getString("expression", "")))
                        .ifPresent(names::add);
            }
        }
        return names;
    }
}
