package io.oqim.k8s;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What Kubernetes takes, strictly: a field that is not known is refused, which the API server would
 * only warn of. Out of a folder with {@code kubernetes-VERSION.json} (its OpenAPI definitions) and
 * {@code crds/KIND_VERSION.json}.
 */
final class Schemas {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path folder;
    private final JsonSchemaFactory factory =
            JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V7);
    private final ObjectNode definitions;
    private final Map<String, String> names = new HashMap<>();

    Schemas(Path folder) throws IOException {
        this.folder = folder;
        Path file;
        try (var files = Files.list(folder)) {
            file =
                    files.filter(one -> one.getFileName().toString().startsWith("kubernetes-"))
                            .findFirst()
                            .orElseThrow(() -> new IOException("no schema in " + folder));
        }
        definitions = (ObjectNode) JSON.readTree(file.toFile()).path("definitions");
        strict(definitions);
        definitions
                .properties()
                .forEach(
                        definition ->
                                definition
                                        .getValue()
                                        .path("x-kubernetes-group-version-kind")
                                        .forEach(
                                                kind -> names.put(key(kind), definition.getKey())));
    }

    private static String key(JsonNode kind) {
        String group = kind.path("group").asText();
        return (group.isEmpty() ? "" : group + "/")
                + kind.path("version").asText()
                + " "
                + kind.path("kind").asText();
    }

    /** What is wrong with an object; nothing when Kubernetes takes it. */
    List<String> problems(ObjectNode object) throws IOException {
        String version = object.path("apiVersion").asText();
        String kind = object.path("kind").asText();
        String name = kind + " " + object.at("/metadata/name").asText();
        String definition = names.get(version + " " + kind);
        JsonNode schema = definition == null ? custom(version, kind) : reference(definition);
        if (schema == null) {
            return List.of(name + ": there is no schema for " + version);
        }
        JsonSchema checker = factory.getSchema(schema);
        List<String> wrong = new ArrayList<>();
        checker.validate(object).forEach(message -> wrong.add(name + ": " + message.getMessage()));
        return wrong;
    }

    private ObjectNode reference(String definition) {
        ObjectNode schema = JSON.createObjectNode();
        schema.put("$ref", "#/definitions/" + definition);
        schema.set("definitions", definitions);
        return schema;
    }

    private JsonNode custom(String version, String kind) throws IOException {
        String file =
                kind.toLowerCase(Locale.ROOT)
                        + "_"
                        + version.substring(version.indexOf('/') + 1)
                        + ".json";
        Path path = folder.resolve("crds").resolve(file);
        if (!Files.exists(path)) {
            return null;
        }
        JsonNode schema = JSON.readTree(path.toFile());
        strict(schema);
        return schema;
    }

    private static void strict(JsonNode node) {
        if (node instanceof ObjectNode object) {
            boolean either =
                    object.path("format").asText().equals("int-or-string")
                            || object.path("x-kubernetes-int-or-string").asBoolean();
            if (either) {
                object.remove("format");
                object.putArray("type").add("string").add("integer");
            }
            if (object.path("properties").isObject()
                    && !object.has("additionalProperties")
                    && !object.path("x-kubernetes-preserve-unknown-fields").asBoolean()) {
                object.put("additionalProperties", false);
            }
        }
        node.forEach(Schemas::strict);
    }
}
