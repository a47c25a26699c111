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
    private static final JsonNode DOCUMENT = document("openapi.yaml");
    private static final JsonNode STREAM = document("asyncapi.yaml");
    private static final Map<String, JsonSchema> SCHEMAS = new ConcurrentHashMap<>();
    private static final Set<String> METHODS = Set.of("get", "post", "put", "patch", "delete");

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
        headers(response, method, path, answer);
        String type = answer.header("Content-Type").orElse("").split(";", 2)[0];
        JsonNode reference = response.path("content").path(type).path("schema").path("$ref");
        if (reference.isMissingNode() || !type.endsWith("json")) {
            return;
        }
        Set<ValidationMessage> wrong =
                schema(DOCUMENT, reference.asText()).validate(read(answer.body()));
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

    /** Headers that the contract promises are there, and those that have a form have it. */
    private static void headers(JsonNode response, String method, String path, Api.Answer answer) {
        for (var entry : response.path("headers").properties()) {
            JsonNode header = resolve(entry.getValue());
            Optional<String> value = answer.header(entry.getKey());
            if (value.isEmpty() && header.path("required").asBoolean(false)) {
                throw new AssertionError(
                        method + " " + path + " lacks the header " + entry.getKey());
            }
            String pattern = resolve(header.path("schema")).path("pattern").asText("");
            if (value.isPresent() && !pattern.isEmpty() && !value.get().matches(pattern)) {
                throw new AssertionError(
                        entry.getKey() + ": " + value.get() + " is not " + pattern);
            }
        }
    }

    /** A request that was accepted must be one that the contract describes. */
    static void checkRequest(String method, String path, String body, Api.Answer answer) {
        Optional<JsonNode> operation = operation(method.toLowerCase(java.util.Locale.ROOT), path);
        if (operation.isEmpty() || answer.status() / 100 != 2 || body.isEmpty()) {
            return;
        }
        JsonNode reference =
                resolve(operation.get().path("requestBody"))
                        .path("content")
                        .path("application/json")
                        .path("schema")
                        .path("$ref");
        if (reference.isMissingNode()) {
            return;
        }
        Set<ValidationMessage> wrong = schema(DOCUMENT, reference.asText()).validate(read(body));
        if (!wrong.isEmpty()) {
            throw new AssertionError(
                    method + " " + path + " took what openapi.yaml refuses: " + wrong);
        }
    }

    /** A frame of the server is one that asyncapi.yaml describes. */
    static void checkFrame(String frame) {
        JsonNode read = read(frame);
        JsonNode message =
                STREAM.path("components").path("messages").path(read.path("type").asText());
        JsonNode reference = message.path("payload").path("$ref");
        if (reference.isMissingNode()) {
            throw new AssertionError("asyncapi.yaml does not know this frame: " + frame);
        }
        Set<ValidationMessage> wrong = schema(STREAM, reference.asText()).validate(read);
        if (wrong.isEmpty() && read.has("event")) {
            wrong = schema(DOCUMENT, "#/components/schemas/Event").validate(read.path("event"));
        }
        if (!wrong.isEmpty()) {
            throw new AssertionError("the contract refuses: " + wrong + "\n" + frame);
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

    private static JsonSchema schema(JsonNode document, String reference) {
        return SCHEMAS.computeIfAbsent(
                document.path("info").path("title").asText() + reference,
                name -> {
                    ObjectNode root = JSON.createObjectNode();
                    root.put("$ref", reference);
                    root.set("components", closed(document.path("components").deepCopy()));
                    return JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012)
                            .getSchema(root);
                });
    }

    /**
     * Clients are told to ignore fields that they do not know; a test is not: what is sent has to
     * be described.
     */
    private static JsonNode closed(JsonNode schema) {
        if (schema instanceof ObjectNode object
                && object.path("type").asText().equals("object")
                && object.path("properties").isObject()
                && !object.has("additionalProperties")) {
            object.put("additionalProperties", false);
        }
        schema.forEach(Contract::closed);
        return schema;
    }

    private static JsonNode read(String body) {
        try {
            return JSON.readTree(body);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static JsonNode document(String file) {
        try {
            return new ObjectMapper(new YAMLFactory()).readTree(Path.of(file).toFile());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
