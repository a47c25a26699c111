package io.oqim.bank.generic;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import io.oqim.bank.BankOperation;
import io.oqim.bank.BankReply;
import io.oqim.bank.DisputeFeed;
import io.oqim.bank.DisputeNews;
import io.oqim.bank.HttpAnswer;
import java.nio.charset.StandardCharsets;

/** A bank may say anything: it never stops a payment, and moves money only by saying so clearly. */
class RepliesFuzz {
    private static final Replies.Asked ASKED = new Replies.Asked(BankOperation.SALE, "r-1");

    @FuzzTest(maxDuration = "2m")
    void whatABankSaysIsUnderstoodOrUnknown(FuzzedDataProvider data) {
        int status = data.consumeInt(100, 599);
        long after = data.consumeLong(0, Long.MAX_VALUE);
        byte[] body = data.consumeRemainingAsBytes();
        HttpAnswer answer = new HttpAnswer.Answered(status, body);
        String text = new String(body, StandardCharsets.UTF_8);

        BankReply reply = Replies.money(answer, ASKED);
        if (reply instanceof BankReply.Approved approved) {
            assertThat(status).isBetween(200, 202);
            assertThat(approved.ids().bankReference()).isPresent();
            assertThat(text).contains("r-1");
        }
        if (status >= 500) {
            assertThat(reply)
                    .isInstanceOfAny(BankReply.Unknown.class, BankReply.NotProcessed.class);
        }
        assertThat(Replies.enquiry(answer, ASKED)).isNotNull();
        assertThat(Replies.tombstone(answer, "r-1")).isNotNull();
        assertThat(Replies.risk(answer)).isNotNull();
        assertThat(DisputeReplies.response(answer, "d-1")).isNotNull();
        assertThat(DisputeReplies.part(answer, "f-1")).isNotNull();
        if (DisputeReplies.feed(answer, after) instanceof DisputeFeed.Page page) {
            long last = after;
            for (DisputeNews news : page.news()) {
                assertThat(news.seq()).isGreaterThan(last);
                last = news.seq();
            }
            assertThat(page.more() && page.news().isEmpty()).isFalse();
        }
    }
}
