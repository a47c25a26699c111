package io.oqim;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import com.networknt.schema.ValidationMessage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** openapi.yaml as a judge: every answer that a test gets is one that the contract describes. */
final class Contract {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final JsonNode DOCUMENT = document();
    private static final Map<String, JsonSchema> SCHEMAS = new ConcurrentHashMap<>();
    private static final Set<String> METHODS = Set.of("get", "post", "delete");

    private Contract() {}

    /**
     * Fails when the path is described but this answer is not. Other paths are not the contract's
     * business.
     */
    static void check(String method, String path, Api.Answer answer) {
        Optional<JsonNode> operation =
                operation(method.toLowerCase(java.util.Locale.ROOT), path.split("\\?", 2)[0]);
        if (operation.isEmpty()) {
            return;
        }
        JsonNode response =
                resolve(operation.get().path("responses").path(Integer.toString(answer.status())));
        if (response.isMissingNode()) {
            throw new AssertionError(
                    "openapi.yaml does not know status "
                            + answer.status()
                            + " of "
                            + method
                            + " "
                            + path
                            + ": "
                            + answer.body());
        }
        String type = answer.header("Content-Type").orElse("").split(";", 2)[0];
        JsonNode reference = response.path("content").path(type).path("schema").path("$ref");
        if (reference.isMissingNode() || !type.endsWith("json")) {
            return;
        }
        Set<ValidationMessage> wrong = schema(reference.asText()).validate(read(answer.body()));
        if (!wrong.isEmpty()) {
            throw new AssertionError(
                    method
                            + " "
                            + path
                            + " is not as openapi.yaml says: "
                            + wrong
                            + "\n"
                            + answer.body());
        }
    }

    private static Optional<JsonNode> operation(String method, String path) {
        if (!METHODS.contains(method)) {
            return Optional.empty();
        }
        JsonNode best = null;
        for (var entry : DOCUMENT.path("paths").properties()) {
            if (entry.getKey().equals(path)) {
                best = entry.getValue();
                break;
            }
            if (path.matches(entry.getKey().replaceAll("\\{[^}]*}", "[^/]+"))) {
                best = entry.getValue();
            }
        }
        return best == null || best.path(method).isMissingNode()
                ? Optional.empty()
                : Optional.of(best.path(method));
    }

    private static JsonNode resolve(JsonNode node) {
        return node.has("$ref") ? DOCUMENT.at(node.path("$ref").asText().substring(1)) : node;
    }

    private static JsonSchema schema(String reference) {
        return SCHEMAS.computeIfAbsent(
                reference,
                ref -> {
                    ObjectNode root = JSON.createObjectNode();
                    root.put("$ref", ref);
                    root.set("components", DOCUMENT.path("components"));
                    return JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012)
                            .getSchema(root);
                });
    }

    private static JsonNode read(String body) {
        try {
            return JSON.readTree(body);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static JsonNode document() {
        try {
            return new ObjectMapper(new YAMLFactory()).readTree(Path.of("openapi.yaml").toFile());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
