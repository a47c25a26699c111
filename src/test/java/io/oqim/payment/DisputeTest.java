package io.oqim.payment;

import static org.assertj.core.api.Assertions.assertThat;

import io.oqim.bank.DisputeNews;
import io.oqim.bank.DisputeNews.Standing;
import io.oqim.money.Money;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What a bank's word makes of a dispute, and of what the merchant has answered. */
class DisputeTest {
    private static final Instant NOW = Samples.NOW;
    private static final Instant LATER = NOW.plus(Duration.ofDays(1));
    private static final UUID RESPONSE = new UUID(0, 7);
    private static final Optional<UUID> NONE = Optional.empty();

    private static DisputeNews news(long seq, Standing standing) {
        return new DisputeNews(
                seq, "d-1", "r-1", standing, Money.of(100, "UZS"), "fraudulent", LATER);
    }

    private static Dispute raised() {
        Open disputed = Samples.open(OperationKind.SALE, PaymentStatus.PROCESSING);
        return Dispute.raised(disputed, news(1, Standing.NEEDS_RESPONSE), 1, NOW);
    }

    private static Dispute answered() {
        return raised().responded(
                        new Dispute.Response(
                                RESPONSE,
                                false,
                                Optional.of("text"),
                                List.of(),
                                Dispute.Delivery.SENDING,
                                "",
                                NOW),
                        NOW);
    }

    private static Dispute.Delivery delivery(Dispute dispute) {
        return dispute.response().orElseThrow().delivery();
    }

    @Test
    void theBanksReplySaysHowItStandsAndThatItHasTheAnswer() {
        Dispute told = answered().told(news(2, Standing.UNDER_REVIEW), Optional.of(RESPONSE), NOW);

        assertThat(told.standing()).isEqualTo(Standing.UNDER_REVIEW);
        assertThat(delivery(told)).isEqualTo(Dispute.Delivery.DELIVERED);
        assertThat(told.open(NOW)).isFalse();
    }

    @Test
    void whatTheBankTellsBeforeItsReplyLeavesTheAnswerOnItsWay() {
        Dispute told = answered().told(news(2, Standing.UNDER_REVIEW), NONE, NOW);

        assertThat(delivery(told)).isEqualTo(Dispute.Delivery.SENDING);
    }

    @Test
    void aReplyToAnotherAnswerDoesNotEndThisOne() {
        Dispute told =
                answered().told(news(2, Standing.UNDER_REVIEW), Optional.of(new UUID(0, 8)), NOW);

        assertThat(delivery(told)).isEqualTo(Dispute.Delivery.SENDING);
        assertThat(answered().sending(new UUID(0, 8))).isFalse();
    }

    @Test
    void aBankThatWantsToHearMoreIsAnsweredAgain() {
        Dispute reviewed =
                answered().told(news(2, Standing.UNDER_REVIEW), Optional.of(RESPONSE), NOW);

        Dispute again = reviewed.told(news(3, Standing.NEEDS_RESPONSE), NONE, NOW);

        assertThat(again.response().orElseThrow().code()).isEqualTo("asked_again");
        assertThat(again.open(NOW)).isTrue();
    }

    @Test
    void aReplyThatJumpsToWantingMoreLetsTheMerchantAnswerAgainToo() {
        Dispute again =
                answered().told(news(3, Standing.NEEDS_RESPONSE), Optional.of(RESPONSE), NOW);

        assertThat(again.response().orElseThrow().code()).isEqualTo("asked_again");
        assertThat(again.open(NOW)).isTrue();
    }

    @Test
    void moreTimeWhileAnAnswerIsOnItsWayLeavesItThere() {
        Dispute told = answered().told(news(2, Standing.NEEDS_RESPONSE), NONE, NOW);

        assertThat(delivery(told)).isEqualTo(Dispute.Delivery.SENDING);
    }

    @Test
    void anAnswerToWhatIsWonIsNotSentAnyMore() {
        Dispute won = answered().told(news(2, Standing.WON), NONE, NOW);

        assertThat(delivery(won)).isEqualTo(Dispute.Delivery.REFUSED);
        assertThat(won.response().orElseThrow().code()).isEqualTo("decided");
        assertThat(won.taken()).isFalse();
        assertThat(won.open(NOW)).isFalse();
    }

    @Test
    void whatHasExpiredStaysSoUntilTheBankGivesMoreTime() {
        Dispute expired = raised().expiredAt(LATER.plusSeconds(1));

        Dispute late = expired.told(news(2, Standing.NEEDS_RESPONSE), NONE, LATER.plusSeconds(2));
        assertThat(late.standing()).isEqualTo(Standing.LOST);
        assertThat(late.expired()).isTrue();
        Dispute more = expired.told(news(2, Standing.NEEDS_RESPONSE), NONE, NOW);
        assertThat(more.open(NOW)).isTrue();
        assertThat(more.expired()).isFalse();
        Dispute won = expired.told(news(2, Standing.WON), NONE, NOW);
        assertThat(won.expired()).isFalse();
    }
}
