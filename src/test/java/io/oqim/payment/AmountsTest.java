package io.oqim.payment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AmountsTest {
    @Test
    void anAuthorizationIsAllCapturable() {
        Amounts amounts = Amounts.NONE.authorize(100);

        assertThat(amounts).isEqualTo(Samples.amounts(100, 0, 0, 0, 0, 0, 0));
        assertThat(amounts.capturable()).isEqualTo(100);
        assertThat(amounts.refundable()).isZero();
    }

    @Test
    void aCaptureIsRefundableAndCapturableNoMore() {
        Amounts amounts = Amounts.NONE.authorize(100).capture(60);

        assertThat(amounts).isEqualTo(Samples.amounts(100, 60, 0, 0, 0, 0, 0));
        assertThat(amounts.capturable()).isEqualTo(40);
        assertThat(amounts.refundable()).isEqualTo(60);
    }

    @Test
    void whatIsPendingOrVoidedIsReserved() {
        Amounts amounts = Samples.amounts(100, 50, 10, 20, 10, 5, 5);

        assertThat(amounts.capturable()).isEqualTo(15);
        assertThat(amounts.refundable()).isEqualTo(35);
    }

    @Test
    void moreThanTheAuthorizationIsNeverCaptured() {
        Amounts amounts = Amounts.NONE.authorize(100).capture(60);

        assertThatThrownBy(() -> amounts.capture(41)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @CsvSource({
        "-1,0,0,0,0,0,0", "1,-1,0,0,0,0,0", "1,1,-1,0,0,0,0", "1,0,0,-1,0,0,0",
        "1,0,0,0,-1,0,0", "1,0,0,0,0,-1,0", "1,1,0,0,0,0,-1", "10,11,0,0,0,0,0",
        "10,5,0,6,0,0,0", "10,5,0,0,6,0,0", "10,5,0,0,0,6,0", "10,3,0,4,2,2,0",
        "10,5,6,0,0,0,0", "10,5,3,0,0,0,3", "10,0,1,0,0,0,0"
    })
    void amountsThatBreakAMoneyRuleDoNotExist(
            long authorized,
            long captured,
            long refunded,
            long voided,
            long pendingCapture,
            long pendingVoid,
            long pendingRefund) {
        assertThatThrownBy(
                        () ->
                                Samples.amounts(
                                        authorized,
                                        captured,
                                        refunded,
                                        voided,
                                        pendingCapture,
                                        pendingVoid,
                                        pendingRefund))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("amounts that break a money rule");
    }

    @ParameterizedTest
    @CsvSource({"10,10,10,0,0,0,0", "10,4,2,3,2,1,2", "10,0,0,10,0,0,0", "0,0,0,0,0,0,0"})
    void amountsAtTheEdgeOfTheRulesExist(
            long authorized,
            long captured,
            long refunded,
            long voided,
            long pendingCapture,
            long pendingVoid,
            long pendingRefund) {
        Amounts amounts =
                Samples.amounts(
                        authorized,
                        captured,
                        refunded,
                        voided,
                        pendingCapture,
                        pendingVoid,
                        pendingRefund);

        assertThat(amounts.capturable()).isZero();
        assertThat(amounts.refundable()).isZero();
    }

    @ParameterizedTest
    @CsvSource({"CAPTURE", "VOID"})
    void whatIsKeptForAnOperationIsNotCapturableUntilItIsReleasedOrHappens(OperationKind kind) {
        Amounts before = Amounts.NONE.authorize(100);
        Amounts kept = before.reserve(kind, Extent.of(60));

        assertThat(kept.capturable()).isEqualTo(40);
        assertThat(kept.release(kind, Extent.of(60))).isEqualTo(before);
        assertThat(kept.effect(kind, Extent.of(60)).capturable()).isEqualTo(40);
        assertThatThrownBy(() -> kept.reserve(kind, Extent.of(41)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> kept.release(kind, Extent.of(61)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void whatIsKeptForARefundIsNotRefundableUntilItIsReleasedOrHappens() {
        Amounts before = Amounts.NONE.authorize(100).capture(80);
        Amounts kept = before.reserve(OperationKind.REFUND, Extent.of(50));

        assertThat(kept.refundable()).isEqualTo(30);
        assertThat(kept.release(OperationKind.REFUND, Extent.of(50))).isEqualTo(before);
        assertThat(kept.effect(OperationKind.REFUND, Extent.of(50)).refundable()).isEqualTo(30);
        assertThat(kept.effect(OperationKind.REFUND, Extent.of(50)).refunded()).isEqualTo(50);
        assertThatThrownBy(() -> kept.reserve(OperationKind.REFUND, Extent.of(31)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @CsvSource({
        // captured, fee, refunded before, given back, refund; what belongs to it
        "100, 10, 0, 0, 50, 5",
        "100, 10, 0, 0, 100, 10",
        "100, 10, 33, 3, 33, 3",
        "100, 10, 66, 6, 34, 4",
        "100, 0, 0, 0, 50, 0",
        "3, 1, 0, 0, 1, 0",
        "3, 1, 2, 0, 1, 1"
    })
    void refundsGiveBackTheirPartOfTheFeeAndTogetherAllOfIt(
            long captured, long fee, long refunded, long returned, long refund, long back) {
        Amounts amounts =
                new Amounts(
                        captured,
                        captured,
                        refunded + refund,
                        0,
                        Amounts.Kept.NOTHING,
                        0,
                        Amounts.Disputed.NOTHING,
                        new Amounts.Fees(fee, returned));

        assertThat(amounts.feeOfRefunds()).isEqualTo(back);
        assertThat(amounts.giveBack(back).fees().returned()).isEqualTo(returned + back);
    }

    @Test
    void aFeeIsNoMoreThanWhatIsCapturedAndNoMoreOfItIsGivenBack() {
        Amounts captured = Amounts.NONE.authorize(100).capture(40);

        assertThatThrownBy(() -> captured.charge(41)).isInstanceOf(IllegalArgumentException.class);
        Amounts charged = captured.charge(40);
        assertThatThrownBy(() -> charged.giveBack(41)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void sumsThatOverflowAreRefused() {
        Amounts most = Amounts.NONE.authorize(Long.MAX_VALUE);

        assertThatThrownBy(() -> most.authorize(1)).isInstanceOf(ArithmeticException.class);
    }

    @Test
    void whatIsDisputedCannotBeRefundedUntilItIsWon() {
        Amounts disputed = Amounts.NONE.authorize(100).capture(100).dispute(60);

        assertThat(disputed.refundable()).isEqualTo(40);
        assertThatThrownBy(() -> disputed.reserve(OperationKind.REFUND, Extent.of(41)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(disputed.dispute(-60).refundable()).isEqualTo(100);
        assertThatThrownBy(() -> disputed.dispute(41)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> disputed.dispute(-61))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aBankMayTakeWhatARefundUnderWayGivesAndNoRefundIsBegunBesideIt() {
        Extent refund = Extent.of(70);
        Amounts both =
                Amounts.NONE
                        .authorize(100)
                        .capture(100)
                        .reserve(OperationKind.REFUND, refund)
                        .dispute(100);

        assertThat(both.disputed().beyond()).isEqualTo(70);
        assertThat(both.refundable()).isZero();
        assertThat(both.effect(OperationKind.REFUND, refund).refunded()).isEqualTo(70);
        Amounts failed = both.release(OperationKind.REFUND, refund);
        assertThat(failed.disputed().beyond()).as("nothing is left of it").isZero();
        assertThatThrownBy(() -> failed.reserve(OperationKind.REFUND, Extent.of(1)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aRefundThatWasDoneAfterAllIsBookedBesideADispute() {
        Amounts disputed = Amounts.NONE.authorize(100).capture(100).dispute(100);

        Amounts done =
                disputed.reserveDone(OperationKind.REFUND, Extent.of(100))
                        .effect(OperationKind.REFUND, Extent.of(100));

        assertThat(done.refunded()).isEqualTo(100);
        assertThat(done.disputed()).isEqualTo(new Amounts.Disputed(100, 100));
        assertThat(done.dispute(-100).disputed()).isEqualTo(Amounts.Disputed.NOTHING);
    }
}
