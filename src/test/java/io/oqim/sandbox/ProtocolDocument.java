package io.oqim.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** docs/bank-protocol.yaml, which every reply of a bank in these tests has to follow. */
final class ProtocolDocument {
    private static final Pattern BANK = Pattern.compile("/(alpha|beta)(/v1/.*)");
    private static final JsonSchemaFactory SCHEMAS =
            JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012);
    private static final ProtocolDocument INSTANCE = read();

    private final JsonNode document;

    private ProtocolDocument(JsonNode document) {
        this.document = document;
    }

    /** Checks a reply, if it is one of the bank protocol. */
    static void check(String method, String path, int status, String body) {
        var bank = BANK.matcher(path);
        if (bank.matches()) {
            INSTANCE.operation(method, bank.group(2))
                    .ifPresent(operation -> INSTANCE.check(operation, status, body));
        }
    }

    private void check(JsonNode operation, int status, String body) {
        JsonNode response = operation.path("responses").path(Integer.toString(status));
        assertThat(response.isMissingNode()).as("undocumented status %s", status).isFalse();
        JsonNode schema = resolve(response).path("content").path("application/json").path("schema");
        if (schema.isMissingNode()) {
            return;
        }
        ObjectNode root = schema.deepCopy();
        root.set("components", document.path("components"));
        try {
            JsonNode json = new ObjectMapper().readTree(body);
            assertThat(SCHEMAS.getSchema(root).validate(json)).as(body).isEmpty();
        } catch (IOException e) {
            throw new UncheckedIOException(body, e);
        }
    }

    private Optional<JsonNode> operation(String method, String path) {
        for (Map.Entry<String, JsonNode> entry : document.path("paths").properties()) {
            if (path.matches(entry.getKey().replaceAll("\\{[a-z_]+}", "[^/]+"))) {
                return Optional.of(entry.getValue().path(method.toLowerCase(Locale.ROOT)));
            }
        }
        return Optional.empty();
    }

    private JsonNode resolve(JsonNode node) {
        return node.has("$ref") ? document.at(node.get("$ref").asText().substring(1)) : node;
    }

    private static ProtocolDocument read() {
        try {
            String yaml = Files.readString(Path.of("docs", "bank-protocol.yaml"));
            return new ProtocolDocument(new YAMLMapper().readTree(yaml));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
