package io.oqim.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;

/** The reader of bodies refuses what it does not take, in words that show nothing of it. */
class JsonFuzz {
    @FuzzTest(maxDuration = "2m")
    void aBodyIsReadOrRefused(byte[] body) {
        JsonFields fields;
        try {
            fields = Json.object(body);
        } catch (Refusal refusal) {
            assertThat(refusal.problem().status()).isEqualTo(400);
            assertThat(refusal.problem().json("").length).isLessThan(1_000);
            return;
        }
        // What is one document to us is one to a reader that knows nothing of our rules.
        assertThat(Json.trusted(new String(body, StandardCharsets.UTF_8))).isNotNull();
        try {
            assertThat(fields.optionalText("a", 10).orElse("").length()).isLessThanOrEqualTo(10);
            assertThat(fields.optionalInteger("b").orElse(0)).isGreaterThan(Long.MIN_VALUE);
            fields.end();
        } catch (Refusal refusal) {
            assertThat(refusal.problem().status()).isIn(400, 422);
        }
    }
}
