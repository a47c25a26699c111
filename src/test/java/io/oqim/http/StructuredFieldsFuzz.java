package io.oqim.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.greenbytes.http.sfv.Dictionary;
import org.greenbytes.http.sfv.ParseException;
import org.greenbytes.http.sfv.Parser;

/** Structured fields (RFC 9651): what is read means the same when it is written and read again. */
class StructuredFieldsFuzz {
    @FuzzTest(maxDuration = "2m")
    void aFieldMeansOneThing(FuzzedDataProvider data) {
        byte[] body = data.consumeBytes(100);
        String field = data.consumeRemainingAsString();

        // Whatever it is, there is an answer.
        Optional<String> wrong = ContentDigest.wrong(field, body);
        ContentDigest.Running running = new ContentDigest.Running(field);
        for (byte one : body) {
            running.update(new byte[] {one});
        }
        assertThat(running.wrong()).as("byte by byte").isEqualTo(wrong);
        assertThat(ContentDigest.wrong(ContentDigest.of(body), body)).isEmpty();

        Dictionary read;
        try {
            read = Parser.parseDictionary(field);
        } catch (ParseException e) {
            assertThat(wrong).isPresent();
            return;
        }
        String written = read.serialize();
        assertThat(Parser.parseDictionary(written).serialize()).isEqualTo(written);
        assertThat(written.getBytes(StandardCharsets.UTF_8)).hasSize(written.length());
    }
}
