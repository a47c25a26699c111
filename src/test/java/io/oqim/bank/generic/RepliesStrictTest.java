package io.oqim.bank.generic;

import static org.assertj.core.api.Assertions.assertThat;

import io.oqim.bank.BankOperation;
import io.oqim.bank.BankReply;
import io.oqim.bank.Enquiry;
import io.oqim.bank.HttpAnswer;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RepliesStrictTest {
    private static final Replies.Asked ASKED = new Replies.Asked(BankOperation.SALE, "op-1");
    private static final String NAMED = "{\"operation\":\"sale\",\"reference\":\"op-1\",";
    private static final String APPROVED =
            "{\"operation\":\"sale\",\"reference\":\"op-1\",\"status\":\"approved\",\"amount\":125000,\"currency\":\"UZS\"}";

    static Stream<String> unclear() {
        return Stream.of(
                // parsson: RuntimeException "Input is too deeply nested 1,000"
                "{\"a\":".repeat(5000) + "1" + "}".repeat(5000),
                // parsson: UnsupportedOperationException above 1100 characters
                NAMED
                        + "\"status\":\"approved\",\"amount\":"
                        + "9".repeat(1101)
                        + ",\"currency\":\"UZS\"}",
                NAMED + "\"status\":\"declined\",\"x\":" + "9".repeat(1101) + "}",
                // two documents
                APPROVED + "{\"status\":\"declined\"}",
                APPROVED + " garbage",
                // a name twice
                NAMED
                        + "\"status\":\"declined\",\"status\":\"approved\",\"amount\":5,\"currency\":\"UZS\"}",
                NAMED
                        + "\"status\":\"approved\",\"amount\":5,\"amount\":125000,\"currency\":\"UZS\"}",
                // an exponent
                NAMED + "\"status\":\"approved\",\"amount\":5e0,\"currency\":\"UZS\"}");
    }

    @ParameterizedTest
    @MethodSource("unclear")
    void anAnswerThatIsNotClearIsUnknown(String body) {
        HttpAnswer answer = new HttpAnswer.Answered(200, body.getBytes(StandardCharsets.UTF_8));

        assertThat(Replies.money(answer, ASKED)).isInstanceOf(BankReply.Unknown.class);
        assertThat(Replies.enquiry(answer, ASKED)).isInstanceOf(Enquiry.Silent.class);
    }
}
