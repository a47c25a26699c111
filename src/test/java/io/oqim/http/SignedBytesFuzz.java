package io.oqim.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.greenbytes.http.sfv.InnerList;
import org.greenbytes.http.sfv.ListElement;
import org.greenbytes.http.sfv.ParseException;
import org.greenbytes.http.sfv.Parser;

/**
 * The base of a signature (RFC 9421 section 2.5): a line for each component and one for the
 * parameters, whatever a message holds. A value that made lines of its own could stand for another
 * message.
 */
class SignedBytesFuzz {
    /** A message of which everything is somebody's choice. */
    private record Anything(
            Optional<String> method,
            Optional<String> authority,
            Optional<String> path,
            Optional<String> query,
            String value)
            implements SignedMessage {
        @Override
        public Optional<String> field(String name) {
            return name.equals("none") ? Optional.empty() : Optional.of(value);
        }
    }

    private static final List<String> COMPONENTS =
            List.of(
                    "\"@method\"",
                    "\"@authority\"",
                    "\"@path\"",
                    "\"@query\"",
                    "\"@request-target\"",
                    "\"@status\"",
                    "\"@query-param\";name=\"a\"",
                    "\"content-digest\"",
                    "\"none\"",
                    "\"x\";req",
                    "\"x\";sf");

    /**
     * Some that are known, in any order and as often as may be, and perhaps the end of the list.
     */
    private static String names(FuzzedDataProvider data) {
        StringBuilder names = new StringBuilder();
        for (int i = data.consumeInt(0, 6); i > 0; i--) {
            names.append(data.pickValue(COMPONENTS)).append(' ');
        }
        return data.consumeBoolean() ? names.append(");created=1").toString() : names.toString();
    }

    @FuzzTest(maxDuration = "2m")
    void aBaseHasALineForEachComponent(FuzzedDataProvider data) {
        Anything message =
                new Anything(
                        Optional.of(data.consumeString(10)),
                        Optional.of(data.consumeString(30)),
                        Optional.of(data.consumeString(30)),
                        Optional.of(data.consumeString(30)),
                        data.consumeString(30));
        ListElement<?> covered;
        try {
            covered =
                    Parser.parseDictionary("sig=(" + names(data) + data.consumeRemainingAsString())
                            .get()
                            .get("sig");
        } catch (ParseException e) {
            return;
        }
        if (!(covered instanceof InnerList list)) {
            return;
        }
        byte[] base;
        try {
            base = SignedBytes.of(list, message);
        } catch (SignedBytes.Unsuitable e) {
            assertThat(e.getMessage()).isNotBlank();
            return;
        }
        List<String> lines = List.of(new String(base, StandardCharsets.UTF_8).split("\n", -1));
        assertThat(lines).hasSize(list.get().size() + 1);
        for (int i = 0; i < list.get().size(); i++) {
            assertThat(lines.get(i)).startsWith(list.get().get(i).serialize() + ": ");
        }
        assertThat(lines.getLast()).isEqualTo("\"@signature-params\": " + list.serialize());
    }
}
