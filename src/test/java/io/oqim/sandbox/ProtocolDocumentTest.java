package io.oqim.sandbox;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

/** That replies which break the document are found at all. */
final class ProtocolDocumentTest {
    private static final String DECLINED =
            """
            {"reference":"s1","operation":"sale","status":"declined","bank_reference":"b1",
            "amount":1,"currency":"UZS"%s}""";

    @Test
    void replyThatLacksAFieldIsFound() {
        assertThatThrownBy(() -> check(200, DECLINED.formatted("")))
                .isInstanceOf(AssertionError.class);
    }

    @Test
    void undocumentedStatusIsFound() {
        assertThatThrownBy(() -> check(418, "{}")).isInstanceOf(AssertionError.class);
    }

    @Test
    void goodReplyPasses() {
        String decline = ",\"decline\":{\"kind\":\"soft\",\"code\":\"c\",\"message\":\"m\"}";

        assertThatCode(() -> check(200, DECLINED.formatted(decline))).doesNotThrowAnyException();
    }

    private static void check(int status, String body) {
        ProtocolDocument.check("POST", "/alpha/v1/payments/b1/refunds", status, body);
    }
}
