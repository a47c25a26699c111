package io.oqim.concurrent;

import static org.assertj.core.api.Assertions.assertThat;

import io.oqim.testing.Soon;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class FanOutTest {
    private static final Duration LONG = Duration.ofMinutes(1);
    private static final Duration MOMENT = Duration.ofMillis(1);

    @Test
    void everyLegGivesItsValue() {
        try (FanOut fan = FanOut.within(LONG)) {
            Leg<String> joined = fan.joined("a", () -> "one");
            Leg<Integer> cancellable = fan.cancellable("b", () -> 2);

            assertThat(joined.await()).isEqualTo(new Leg.Result.Done<>("one"));
            assertThat(cancellable.await()).isEqualTo(new Leg.Result.Done<>(2));
        }
    }

    @Test
    void legsRunSideBySide() {
        CountDownLatch both = new CountDownLatch(2);
        try (FanOut fan = FanOut.within(LONG)) {
            Leg<String> first = fan.joined("a", () -> meet(both));
            Leg<String> second = fan.joined("b", () -> meet(both));

            assertThat(first.await()).isEqualTo(new Leg.Result.Done<>("met"));
            assertThat(second.await()).isEqualTo(new Leg.Result.Done<>("met"));
        }
    }

    @Test
    void eachLegHasANamedVirtualThreadOfItsOwn() {
        try (FanOut fan = FanOut.within(LONG)) {
            Thread thread = value(fan.joined("commit", Thread::currentThread).await());

            assertThat(thread.isVirtual()).isTrue();
            assertThat(thread.getName()).startsWith("leg-commit-");
            assertThat(thread).isNotSameAs(Thread.currentThread());
        }
    }

    @Test
    void aFailureIsAResult() {
        IOException cause = new IOException("no");
        try (FanOut fan = FanOut.within(LONG)) {
            Leg<String> leg =
                    fan.joined(
                            "a",
                            () -> {
                                throw cause;
                            });

            assertThat(leg.await()).isEqualTo(new Leg.Result.Failed<>(cause));
            assertThat(fan.timings()).extracting(Leg.Timing::outcome).containsExactly("failed");
        }
    }

    @Test
    void anErrorIsAResultToo() {
        AssertionError cause = new AssertionError("no");
        try (FanOut fan = FanOut.within(LONG)) {
            Leg<String> leg =
                    fan.cancellable(
                            "a",
                            () -> {
                                throw cause;
                            });

            assertThat(leg.await()).isEqualTo(new Leg.Result.Failed<>(cause));
        }
    }

    @Test
    void aCancellableLegThatIsLateIsInterruptedAndGivenUp() {
        Blocked blocked = new Blocked();
        try (FanOut fan = FanOut.within(MOMENT)) {
            Leg<String> leg = fan.cancellable("a", blocked::run);

            assertThat(leg.await()).isEqualTo(new Leg.Result.Late<>());

            assertThat(leg.await()).isEqualTo(new Leg.Result.Late<>());
            assertThat(fan.timings()).extracting(Leg.Timing::outcome).containsExactly("late");
        }
        Soon.until("the leg is interrupted, if it had begun", blocked::over);
    }

    @Test
    void whatIsDoneBeforeItIsAskedForAfterTheDeadlineIsNotLate() {
        AtomicReference<Thread> thread = new AtomicReference<>();
        try (FanOut fan = FanOut.within(MOMENT)) {
            Leg<String> leg =
                    fan.cancellable(
                            "a",
                            () -> {
                                thread.set(Thread.currentThread());
                                return "quick";
                            });
            Soon.until("it runs", () -> thread.get() != null);
            Soon.ends(thread.get());

            assertThat(leg.await()).isEqualTo(new Leg.Result.Done<>("quick"));
        }
    }

    @Test
    void aJoinedLegIsWaitedForBeyondTheDeadline() {
        Blocked blocked = new Blocked();
        try (FanOut fan = FanOut.within(MOMENT)) {
            Leg<String> leg = fan.joined("a", blocked::run);
            AtomicReference<Leg.Result<String>> result = new AtomicReference<>();
            Thread waiter = Thread.ofPlatform().daemon().start(() -> result.set(leg.await()));
            Soon.waits(waiter);

            blocked.goOn.countDown();

            Soon.ends(waiter);
            assertThat(result).hasValue(new Leg.Result.Done<>("went on"));
        }
    }

    @Test
    void closingWaitsForJoinedLegsAndNeverInterruptsThem() {
        Blocked blocked = new Blocked();
        FanOut fan = FanOut.within(MOMENT);
        fan.joined("a", blocked::run);
        Thread closer = Thread.ofPlatform().daemon().start(fan::close);
        Soon.waits(closer);

        blocked.goOn.countDown();

        Soon.ends(closer);
        assertThat(blocked.interrupted).isFalse();
        assertThat(fan.timings()).extracting(Leg.Timing::outcome).containsExactly("done");
    }

    @Test
    void closingInterruptsCancellableLegsAndDoesNotWait() {
        Blocked blocked = new Blocked();
        FanOut fan = FanOut.within(LONG);
        fan.cancellable("a", blocked::run);
        Soon.until("it has begun", () -> blocked.begun.getCount() == 0);

        fan.close();

        Soon.until("the leg is interrupted", blocked.interrupted::get);
        assertThat(fan.timings()).extracting(Leg.Timing::outcome).containsExactly("dropped");
    }

    @Test
    void whatIsDoneStaysDoneWhenItIsClosed() {
        FanOut fan = FanOut.within(LONG);
        assertThat(fan.cancellable("a", () -> "x").await()).isEqualTo(new Leg.Result.Done<>("x"));

        fan.close();

        assertThat(fan.timings()).extracting(Leg.Timing::outcome).containsExactly("done");
    }

    @Test
    void anInterruptOfTheWaiterIsKeptAndDoesNotReachTheLeg() {
        Blocked blocked = new Blocked();
        FanOut fan = FanOut.within(LONG);
        Leg<String> leg = fan.joined("a", blocked::run);
        AtomicReference<String> seen = new AtomicReference<>();
        Thread waiter =
                Thread.ofPlatform()
                        .daemon()
                        .start(
                                () -> {
                                    String result = value(leg.await());
                                    seen.set(result + " " + Thread.currentThread().isInterrupted());
                                });
        Soon.waits(waiter);

        waiter.interrupt();
        blocked.goOn.countDown();

        Soon.ends(waiter);
        fan.close();
        assertThat(seen).hasValue("went on true");
        assertThat(blocked.interrupted).isFalse();
    }

    @Test
    void timingsAreInTheOrderOfStartingAndTellWhenAndHow() {
        FanOut fan = FanOut.within(LONG);
        Leg<String> first = fan.joined("first", () -> "x");
        assertThat(first.await()).isEqualTo(new Leg.Result.Done<>("x"));
        Leg<String> second = fan.cancellable("second", () -> "y");
        assertThat(second.await()).isEqualTo(new Leg.Result.Done<>("y"));

        first.note("accepted");
        fan.close();

        assertThat(fan.timings())
                .extracting(Leg.Timing::name, Leg.Timing::outcome, Leg.Timing::note)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple("first", "done", "accepted"),
                        org.assertj.core.groups.Tuple.tuple("second", "done", ""));
        Leg.Timing one = fan.timings().getFirst();
        Leg.Timing two = fan.timings().getLast();
        assertThat(one.startMicros()).isBetween(0L, one.endMicros());
        assertThat(two.startMicros()).isBetween(one.endMicros(), two.endMicros());
    }

    @Test
    void theEndOfALegIsRecordedOnce() {
        FanOut fan = FanOut.within(LONG);
        assertThat(fan.joined("a", () -> "x").await()).isEqualTo(new Leg.Result.Done<>("x"));
        Leg.Timing atOnce = fan.timings().getFirst();

        fan.close();

        assertThat(fan.timings()).containsExactly(atOnce);
    }

    @Test
    void aLegThatStillRunsSaysSo() {
        Blocked blocked = new Blocked();
        try (FanOut fan = FanOut.within(LONG)) {
            fan.joined("a", blocked::run);

            assertThat(fan.timings()).extracting(Leg.Timing::outcome).containsExactly("running");

            blocked.goOn.countDown();
        }
    }

    private static String meet(CountDownLatch all) throws InterruptedException {
        all.countDown();
        all.await();
        return "met";
    }

    private static <T> T value(Leg.Result<T> result) {
        assertThat(result).isInstanceOf(Leg.Result.Done.class);
        return ((Leg.Result.Done<T>) result).value();
    }

    /** Work that goes on when it is told to, and remembers whether it was interrupted. */
    private static final class Blocked {
        private final CountDownLatch begun = new CountDownLatch(1);
        private final CountDownLatch goOn = new CountDownLatch(1);
        private final AtomicBoolean interrupted = new AtomicBoolean();

        String run() throws InterruptedException {
            begun.countDown();
            try {
                goOn.await();
                return "went on";
            } catch (InterruptedException e) {
                interrupted.set(true);
                throw e;
            }
        }

        /** Interrupted, or cancelled before it began. */
        boolean over() {
            return interrupted.get() || begun.getCount() > 0;
        }
    }
}
