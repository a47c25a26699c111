package io.oqim.payment;

import static org.assertj.core.api.Assertions.assertThat;

import io.oqim.testing.Soon;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class WorkTest {
    private static final Duration NOW = Duration.ZERO;
    private static final byte[] REQUEST = {1};
    private static final Answer.Given STORED =
            new Answer.Given(202, new byte[] {2}, 1, new UUID(0, 1), "/v1/payments/pay_1", false);
    private static final Answer.Given DONE =
            new Answer.Given(201, new byte[] {3}, 2, new UUID(0, 1), "/v1/payments/pay_1", false);

    private final Work work = new Work(REQUEST);

    @Test
    void whoWaitsGetsTheEnd() throws Exception {
        AtomicReference<Work.Outlook> seen = new AtomicReference<>();
        Thread waiting = Thread.ofPlatform().start(() -> seen.set(await(Duration.ofMinutes(1))));
        Soon.waitsForAWhile(waiting);

        work.end(DONE);

        waiting.join();
        assertThat(seen.get()).isEqualTo(new Work.Outlook.Ended(DONE));
    }

    @Test
    void whenTheLastOneLeavesBeforeAnythingWasSentNothingWillBe() {
        work.enter(REQUEST);

        assertThat(await(NOW)).isEqualTo(new Work.Outlook.Unknown());
        assertThat(work.wanted()).isTrue();
        assertThat(await(NOW)).isEqualTo(new Work.Outlook.Abandoned());
        assertThat(work.wanted()).isFalse();
        assertThat(work.maySend()).isFalse();
    }

    @Test
    void whatIsBeingSentGoesOnWithoutAnybody() {
        work.stored(STORED);
        assertThat(work.maySend()).isTrue();

        assertThat(await(NOW)).isEqualTo(new Work.Outlook.GoesOn(STORED));
        assertThat(work.told()).isTrue();
        assertThat(work.unsent()).as("somebody was told that it goes on").isFalse();
    }

    @Test
    void onceItProvedUnsentNobodyIsToldThatItGoesOn() {
        work.stored(STORED);
        work.maySend();
        assertThat(work.unsent()).isTrue();

        assertThat(await(NOW)).isEqualTo(new Work.Outlook.Unknown());
        assertThat(work.told()).isFalse();
    }

    @Test
    void whatWasLateIsTriedAgainAsOftenAsItMayWhileSomebodyWaits() {
        late();
        assertThat(work.again(3)).isTrue();
        late();
        assertThat(work.again(3)).isTrue();
        late();
        assertThat(work.again(3)).as("three times in all").isFalse();
    }

    @Test
    void whatWasNeverSentIsTriedAgainToo() {
        assertThat(work.again(3)).isTrue();
        assertThat(work.maySend()).isTrue();
    }

    @Test
    void whatMayHaveBeenSentOrIsAnotherProcesssIsNotTriedAgain() {
        assertThat(work.follows()).isTrue();
        assertThat(work.again(3)).isFalse();
        assertThat(work.prepares()).isTrue();
        assertThat(work.maySend()).isTrue();
        assertThat(work.again(3)).isFalse();
    }

    @Test
    void whatTheLastTryStoredIsForgottenBeforeTheNext() {
        late();
        assertThat(work.again(3)).isTrue();

        assertThat(work.whatIsKnown()).isInstanceOf(Answer.Refused.class);
    }

    @Test
    void whatComesBackWhenNobodyWaitsIsAbandoned() {
        assertThat(work.follows()).isTrue();
        assertThat(await(NOW)).isEqualTo(new Work.Outlook.Unknown());

        assertThat(work.prepares()).isFalse();
        assertThat(work.maySend()).isFalse();
    }

    @Test
    void nothingIsTriedAgainForNobody() {
        late();
        assertThat(await(NOW)).isEqualTo(new Work.Outlook.Unknown());

        assertThat(work.again(3)).isFalse();
    }

    private void late() {
        work.stored(STORED);
        assertThat(work.maySend()).isTrue();
        assertThat(work.unsent()).isTrue();
    }

    @Test
    void whatAnotherProcessDoesIsNotKnownHereAndComesBackToBePrepared() {
        work.enter(REQUEST);
        work.enter(REQUEST);
        assertThat(work.follows()).isTrue();
        assertThat(await(NOW)).isEqualTo(new Work.Outlook.Unknown());
        assertThat(work.maySend()).isFalse();

        assertThat(work.prepares()).isTrue();

        assertThat(work.maySend()).isTrue();
    }

    @Test
    void anotherRequestDoesNotEnter() {
        assertThat(work.enter(new byte[] {9})).isFalse();

        assertThat(await(NOW))
                .as("the first is the only one")
                .isEqualTo(new Work.Outlook.Abandoned());
    }

    @Test
    void howeverManyLeaveTheyGetWhatWasStoredOnce() throws Exception {
        AtomicInteger stores = new AtomicInteger();
        Thread[] leaving = new Thread[20];
        for (int i = 0; i < leaving.length; i++) {
            leaving[i] =
                    Thread.ofVirtual()
                            .start(
                                    () ->
                                            assertThat(
                                                            work.kept(
                                                                    () -> {
                                                                        stores.incrementAndGet();
                                                                        return STORED;
                                                                    }))
                                                    .isSameAs(STORED));
        }
        for (Thread one : leaving) {
            one.join();
        }

        assertThat(stores).hasValue(1);
    }

    @Test
    void afterAFaultOfOurOwnWhatIsStoredIsSaid() {
        assertThat(work.whatIsKnown()).isInstanceOf(Answer.Refused.class);
        work.stored(STORED);
        assertThat(work.whatIsKnown()).isEqualTo(STORED);
    }

    private Work.Outlook await(Duration patience) {
        try {
            return work.await(patience);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
