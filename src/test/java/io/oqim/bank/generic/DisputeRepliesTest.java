package io.oqim.bank.generic;

import static org.assertj.core.api.Assertions.assertThat;

import io.oqim.bank.DisputeFeed;
import io.oqim.bank.DisputeNews;
import io.oqim.bank.DisputeReply;
import io.oqim.bank.HttpAnswer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a bank says of disputes: read in its order, and not beyond what cannot be read. */
class DisputeRepliesTest {
    private static String row(long seq) {
        return "{\"seq\":%d,\"dispute\":\"d-1\",\"reference\":\"r-1\",\"status\":\"needs_response\",\"amount\":1500,\"currency\":\"UZS\",\"reason\":\"10.4\",\"respond_by\":\"2026-12-01T10:00:00Z\"}"
                .formatted(seq);
    }

    private static DisputeFeed feed(long after, boolean more, String... rows) {
        String data = Stream.of(rows).collect(Collectors.joining(","));
        return DisputeReplies.feed(
                answered(200, "{\"data\":[%s],\"has_more\":%s}".formatted(data, more)), after);
    }

    private static HttpAnswer answered(int status, String body) {
        return new HttpAnswer.Answered(status, body.getBytes(StandardCharsets.UTF_8));
    }

    private static List<Long> read(DisputeFeed feed) {
        return feed instanceof DisputeFeed.Page page
                ? page.news().stream().map(DisputeNews::seq).toList()
                : List.of();
    }

    @Test
    void changesAreReadInTheirOrder() {
        DisputeFeed feed = feed(4, false, row(5), row(6));

        assertThat(read(feed)).containsExactly(5L, 6L);
        DisputeNews first = ((DisputeFeed.Page) feed).news().getFirst();
        assertThat(first.standing()).isEqualTo(DisputeNews.Standing.NEEDS_RESPONSE);
        assertThat(first.amount().minorUnits()).isEqualTo(1500);
        assertThat(first.reason()).isEqualTo("10.4");
        assertThat(feed(4, false)).isEqualTo(new DisputeFeed.Page(List.of(), false));
    }

    @Test
    void nothingIsReadBeyondAGapOrARepetition() {
        assertThat(feed(4, false, row(6))).isInstanceOf(DisputeFeed.Silent.class);
        assertThat(feed(4, false, row(4))).isInstanceOf(DisputeFeed.Silent.class);
        assertThat(feed(4, false, row(5), row(7)))
                .isEqualTo(new DisputeFeed.Page(page(feed(4, false, row(5))), true));
        assertThat(read(feed(4, false, row(5), row(5)))).containsExactly(5L);
    }

    private static List<DisputeNews> page(DisputeFeed feed) {
        return ((DisputeFeed.Page) feed).news();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"status\":\"needs_response\" | \"status\":\"somehow\"",
                "\"amount\":1500 | \"amount\":0",
                "\"amount\":1500 | \"amount\":1e3",
                "\"currency\":\"UZS\" | \"currency\":\"XAU\"",
                "2026-12-01T10:00:00Z | soon",
                "\"dispute\":\"d-1\" | \"dispute\":\"\"",
                "\"seq\":6 | \"seq\":\"6\""
            })
    void nothingIsReadBeyondAChangeThatCannotBeRead(String part, String other) {
        String bad = row(6).replace(part, other);

        assertThat(bad).isNotEqualTo(row(6));
        assertThat(feed(5, false, bad)).isInstanceOf(DisputeFeed.Silent.class);
    }

    @Test
    void aPageThatSaysThatThereIsMoreAndGivesNothingIsSilence() {
        assertThat(feed(5, true)).isInstanceOf(DisputeFeed.Silent.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"[]", "{}", "{\"data\":{},\"has_more\":false}", "{\"data\":[]}", "no"})
    void whatIsNoPageIsSilence(String body) {
        assertThat(DisputeReplies.feed(answered(200, body), 0))
                .isInstanceOf(DisputeFeed.Silent.class);
    }

    @ParameterizedTest
    @CsvSource({
        "409, dispute_closed, true",
        "422, evidence_incomplete, true",
        "404, dispute_not_found, true",
        "404, no_such_path, false",
        "503, dispute_closed, false",
        "429, busy, false"
    })
    void onlyTheBanksOwnWordRefusesAResponse(int status, String code, boolean refused) {
        DisputeReply reply =
                DisputeReplies.response(answered(status, "{\"code\":\"" + code + "\"}"), "d-1");

        assertThat(reply instanceof DisputeReply.Refused).isEqualTo(refused);
        assertThat(reply instanceof DisputeReply.Silent).isEqualTo(!refused);
    }

    @Test
    void anAnswerAboutAnotherDisputeSaysNothing() {
        assertThat(DisputeReplies.response(answered(200, row(7)), "d-1"))
                .isInstanceOf(DisputeReply.Answered.class);
        assertThat(DisputeReplies.response(answered(200, row(7)), "d-2"))
                .isInstanceOf(DisputeReply.Silent.class);
        assertThat(DisputeReplies.part(answered(200, "{\"file\":\"f-2\",\"parts\":1}"), "f-1"))
                .isInstanceOf(DisputeReply.Silent.class);
    }
}
