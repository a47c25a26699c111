package io.oqim.k8s;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** All objects of an overlay, as kustomize makes them. */
record Rendered(List<ObjectNode> objects) {
    private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());

    /** Needs {@code kubectl} or {@code kustomize} on the PATH. */
    static Rendered of(Path overlay) throws IOException, InterruptedException {
        Process kustomize =
                new ProcessBuilder(
                                "sh",
                                "-c",
                                "if command -v kustomize >/dev/null; then exec kustomize build \"$0\";"
                                        + " else exec kubectl kustomize \"$0\"; fi",
                                overlay.toString())
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
        String text = new String(kustomize.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (kustomize.waitFor() != 0) {
            throw new IOException(overlay + " cannot be rendered");
        }
        List<ObjectNode> objects = new ArrayList<>();
        try (var documents = YAML.readerFor(ObjectNode.class).<ObjectNode>readValues(text)) {
            documents.forEachRemaining(objects::add);
        }
        return new Rendered(objects);
    }

    /** The same objects, to be changed without changing these. */
    Rendered copy() {
        return new Rendered(
                objects.stream()
                        .map(ObjectNode::deepCopy)
                        .collect(java.util.stream.Collectors.toCollection(ArrayList::new)));
    }

    Stream<ObjectNode> all(String kind) {
        return objects.stream().filter(object -> object.path("kind").asText().equals(kind));
    }

    Optional<ObjectNode> one(String kind, String name) {
        return all(kind)
                .filter(object -> object.path("metadata").path("name").asText().equals(name))
                .findFirst();
    }

    /** Something that makes pods. */
    record Workload(ObjectNode object, JsonNode template) {
        String name() {
            return object.path("kind").asText() + " " + object.at("/metadata/name").asText();
        }

        JsonNode spec() {
            return template.path("spec");
        }

        List<JsonNode> containers() {
            List<JsonNode> all = new ArrayList<>();
            spec().path("containers").forEach(all::add);
            spec().path("initContainers").forEach(all::add);
            return all;
        }

        /** Whether it is one of Oqim's own processes that serve. */
        boolean serves() {
            return object.path("kind").asText().equals("Deployment")
                    && object.at("/metadata/name").asText().matches("oqim-(gateway|stream|worker)");
        }
    }

    List<Workload> workloads() {
        List<Workload> all = new ArrayList<>();
        for (ObjectNode object : objects) {
            switch (object.path("kind").asText()) {
                case "Deployment", "StatefulSet", "DaemonSet", "Job" ->
                        all.add(new Workload(object, object.at("/spec/template")));
                case "CronJob" ->
                        all.add(new Workload(object, object.at("/spec/jobTemplate/spec/template")));
                default -> {
                    // Makes no pods, or its operator does.
                }
            }
        }
        return all;
    }

    /** The settings of Oqim, by dotted key. */
    Map<String, String> settings() throws IOException {
        ObjectNode config =
                all("ConfigMap")
                        .filter(map -> map.at("/data/application.yaml").isTextual())
                        .findFirst()
                        .orElseThrow();
        Map<String, String> flat = new HashMap<>();
        flatten("", YAML.readTree(config.at("/data/application.yaml").asText()), flat);
        return flat;
    }

    private static void flatten(String prefix, JsonNode node, Map<String, String> into) {
        node.properties()
                .forEach(
                        entry -> {
                            String key = prefix + entry.getKey();
                            if (entry.getValue().isObject()) {
                                flatten(key + ".", entry.getValue(), into);
                            } else {
                                into.put(key, entry.getValue().asText());
                            }
                        });
    }
}
