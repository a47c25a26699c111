package io.oqim.payment;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.time.Duration;
import java.util.UUID;

/**
 * The states of an idempotency key at work in a process: in no order of events does anything leave
 * twice without proof that the first did not, nor after somebody was told that nothing will.
 */
class WorkFuzz {
    private static final byte[] REQUEST = {1};
    private static final Answer.Given INTERIM =
            new Answer.Given(202, new byte[] {2}, 1, new UUID(0, 1), "/v1/payments/pay_1", false);

    @FuzzTest(maxDuration = "2m")
    void nothingLeavesTwiceNorAfterItWasGivenUp(FuzzedDataProvider data)
            throws InterruptedException {
        Work work = new Work(REQUEST);
        int waiting = 1;
        boolean maybeSent = false;
        boolean givenUp = false;
        boolean toldThatItGoesOn = false;
        while (data.remainingBytes() > 0) {
            switch (data.consumeInt(0, 8)) {
                case 0 -> waiting += work.enter(REQUEST) ? 1 : 0;
                case 1 -> assertThat(work.enter(new byte[] {9})).isFalse();
                case 2 -> {
                    if (waiting > 0) {
                        waiting--;
                        Work.Outlook outlook = work.await(Duration.ZERO);
                        givenUp |= outlook instanceof Work.Outlook.Abandoned;
                        toldThatItGoesOn |= outlook instanceof Work.Outlook.GoesOn;
                    }
                }
                case 3 -> {
                    if (work.maySend()) {
                        assertThat(maybeSent).as("sent already").isFalse();
                        assertThat(givenUp).as("given up").isFalse();
                        maybeSent = true;
                    }
                }
                case 4 -> {
                    // Only who sent can say that it proved unsent.
                    if (maybeSent && work.unsent()) {
                        assertThat(toldThatItGoesOn).isFalse();
                        maybeSent = false;
                    }
                }
                case 5 -> {
                    if (work.again(3)) {
                        assertThat(maybeSent).isFalse();
                        assertThat(waiting).isPositive();
                    }
                }
                case 6 -> {
                    boolean ignored = work.follows();
                }
                case 7 -> {
                    boolean ignored = work.prepares();
                }
                default -> work.stored(INTERIM);
            }
            assertThat(work.wanted()).isEqualTo(waiting > 0);
        }
    }
}
