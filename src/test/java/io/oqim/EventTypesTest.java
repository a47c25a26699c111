package io.oqim;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The types of events stand in three places, which agree. */
class EventTypesTest {
    private static final Pattern ROW =
            Pattern.compile("^\\| `([a-z_]+\\.[a-z_]+)` \\| ", Pattern.MULTILINE);

    @Test
    void bothContractsAndTheDocumentHaveTheSameTypes() throws IOException {
        Set<String> documented = new TreeSet<>();
        Matcher row = ROW.matcher(Files.readString(Path.of("docs/events.md")));
        while (row.find()) {
            documented.add(row.group(1));
        }

        assertThat(types("openapi.yaml")).isNotEmpty().isEqualTo(documented);
        assertThat(types("asyncapi.yaml")).isEqualTo(documented);
    }

    private static Set<String> types(String contract) throws IOException {
        JsonNode document =
                new ObjectMapper(new YAMLFactory()).readTree(Path.of(contract).toFile());
        Set<String> types = new TreeSet<>();
        document.at("/components/schemas/Event/properties/type/enum")
                .forEach(type -> types.add(type.asText()));
        return types;
    }
}
