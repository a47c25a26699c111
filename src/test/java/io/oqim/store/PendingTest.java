package io.oqim.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.oqim.testing.Soon;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class PendingTest {
    private static final Duration LONG = Duration.ofMinutes(1);
    private static final Duration MOMENT = Duration.ofMillis(1);
    private static final Commit.Accepted ACCEPTED = new Commit.Accepted(List.of());

    private final AtomicInteger placesGivenBack = new AtomicInteger();
    private final Pending pending = pending();

    @Test
    void whoComesAfterTheEndGetsTheResultAtOnce() {
        pending.start();
        pending.complete(ACCEPTED);

        assertThat(pending.await()).isSameAs(ACCEPTED);
        assertThat(pending.await(Duration.ZERO)).isSameAs(ACCEPTED);
    }

    @Test
    void whoWaitsIsWokenByTheResult() {
        Waiter forEver = new Waiter(pending::await);
        Waiter forAWhile = new Waiter(() -> pending.await(LONG));
        Soon.waits(forEver.thread);
        Soon.waitsForAWhile(forAWhile.thread);

        pending.start();
        pending.complete(ACCEPTED);

        assertThat(forEver.result()).isSameAs(ACCEPTED);
        assertThat(forAWhile.result()).isSameAs(ACCEPTED);
    }

    @Test
    void whatIsStillQueuedWhenPatienceIsOverIsWithdrawnForEver() {
        assertThat(pending.await(MOMENT)).isInstanceOf(Commit.Withdrawn.class);

        assertThat(pending.start()).isFalse();
        pending.complete(ACCEPTED);
        assertThat(pending.await(MOMENT)).isInstanceOf(Commit.Withdrawn.class);
    }

    @Test
    void itsPlaceIsGivenBackOnceHoweverItEnds() {
        pending.start();
        pending.requeue();
        assertThat(placesGivenBack).hasValue(0);

        pending.await(MOMENT);
        assertThat(placesGivenBack).hasValue(1);

        pending.complete(ACCEPTED);
        assertThat(placesGivenBack).hasValue(1);
    }

    @Test
    void whatIsInATransactionIsWaitedForBeyondPatience() {
        pending.start();
        Waiter waiter = new Waiter(() -> pending.await(MOMENT));
        Soon.waits(waiter.thread);

        pending.complete(ACCEPTED);

        assertThat(waiter.result()).isSameAs(ACCEPTED);
    }

    @Test
    void whatIsQueuedAgainAfterPatienceIsWithdrawn() {
        pending.start();
        Waiter waiter = new Waiter(() -> pending.await(MOMENT));
        Soon.waits(waiter.thread);

        pending.requeue();

        assertThat(waiter.result()).isInstanceOf(Commit.Withdrawn.class);
        assertThat(pending.start()).isFalse();
    }

    @Test
    void whatIsQueuedAgainInTimeCanStillBeWritten() {
        pending.start();
        Waiter waiter = new Waiter(() -> pending.await(LONG));
        Soon.waitsForAWhile(waiter.thread);

        pending.requeue();

        assertThat(pending.start()).isTrue();
        pending.complete(ACCEPTED);
        assertThat(waiter.result()).isSameAs(ACCEPTED);
    }

    @Test
    void whoeverWaitsWithoutEndNeverWithdraws() {
        pending.start();
        Waiter waiter = new Waiter(pending::await);
        Soon.waits(waiter.thread);

        pending.requeue();

        assertThat(pending.start()).isTrue();
        pending.complete(ACCEPTED);
        assertThat(waiter.result()).isSameAs(ACCEPTED);
    }

    @Test
    void theFirstResultStands() {
        pending.start();
        pending.complete(ACCEPTED);

        pending.complete(new Commit.Refused());
        pending.fail(new IllegalStateException("too late"));
        pending.requeue();

        assertThat(pending.start()).isFalse();
        assertThat(pending.await()).isSameAs(ACCEPTED);
    }

    @Test
    void aFailureIsThrownToWhoeverWaits() {
        IllegalStateException cause = new IllegalStateException("no");
        pending.start();

        pending.fail(cause);

        assertThatThrownBy(pending::await).isInstanceOf(ChangeFailed.class).hasCause(cause);
        assertThatThrownBy(() -> pending.await(LONG))
                .isInstanceOf(ChangeFailed.class)
                .hasMessage("the change was refused: no");
    }

    @Test
    void anInterruptNeitherEndsTheWaitNorIsLost() {
        pending.start();
        Waiter waiter = new Waiter(pending::await);
        Soon.waits(waiter.thread);

        waiter.thread.interrupt();
        pending.complete(ACCEPTED);

        assertThat(waiter.result()).isSameAs(ACCEPTED);
        assertThat(waiter.interrupted).isTrue();
    }

    @Test
    void anInterruptDoesNotWithdrawWhatIsQueued() {
        Waiter waiter = new Waiter(() -> pending.await(LONG));
        Soon.waitsForAWhile(waiter.thread);

        waiter.thread.interrupt();
        Soon.until("the interrupt is taken", () -> !waiter.thread.isInterrupted());
        Soon.waitsForAWhile(waiter.thread);

        assertThat(pending.start()).isTrue();
        pending.complete(ACCEPTED);
        assertThat(waiter.result()).isSameAs(ACCEPTED);
        assertThat(waiter.interrupted).isTrue();
    }

    @Test
    void anInterruptBeyondPatienceIsKeptToo() {
        pending.start();
        Waiter waiter = new Waiter(() -> pending.await(MOMENT));
        Soon.waits(waiter.thread);

        waiter.thread.interrupt();
        pending.complete(ACCEPTED);

        assertThat(waiter.result()).isSameAs(ACCEPTED);
        assertThat(waiter.interrupted).isTrue();
    }

    @Test
    void whoComesInterruptedWaitsAllTheSame() {
        Waiter waiter =
                new Waiter(
                        () -> {
                            Thread.currentThread().interrupt();
                            return pending.await(LONG);
                        });
        Soon.waitsForAWhile(waiter.thread);

        pending.start();
        pending.complete(ACCEPTED);

        assertThat(waiter.result()).isSameAs(ACCEPTED);
        assertThat(waiter.interrupted).isTrue();
    }

    @Test
    void writerAndCallerAlwaysAgreeWhetherItWasWithdrawn() throws Exception {
        long seed = 42;
        Random random = new Random(seed);
        CyclicBarrier both = new CyclicBarrier(2);
        for (int round = 0; round < 500; round++) {
            Pending raced = pending();
            Duration patience = Duration.ofNanos(random.nextInt(60_000));
            int spins = random.nextInt(2_000);
            AtomicBoolean started = new AtomicBoolean();
            Thread writer =
                    Thread.ofVirtual()
                            .start(
                                    () -> {
                                        meet(both);
                                        started.set(raced.start());
                                        spin(spins);
                                        raced.complete(ACCEPTED);
                                    });
            meet(both);

            Commit commit = raced.await(patience);
            writer.join();

            assertThat(commit instanceof Commit.Accepted)
                    .as("seed %d, round %d: started %s, but %s", seed, round, started, commit)
                    .isEqualTo(started.get());
        }
    }

    private static void spin(int times) {
        for (int i = 0; i < times; i++) {
            Thread.onSpinWait();
        }
    }

    private static void meet(CyclicBarrier barrier) {
        try {
            barrier.await();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private Pending pending() {
        Change.Draft event =
                new Change.Draft(
                        new UUID(0, 1), "type", Optional.empty(), new byte[] {1}, new byte[32]);
        return new Pending(
                new Change(new UUID(0, 3), 1, new UUID(0, 2), List.of(), List.of(event)),
                placesGivenBack::incrementAndGet);
    }

    /** A caller on a thread of its own. */
    private static final class Waiter {
        private final AtomicReference<Commit> commit = new AtomicReference<>();
        private volatile boolean interrupted;
        private final Thread thread;

        Waiter(Supplier<Commit> wait) {
            thread =
                    Thread.ofPlatform()
                            .daemon()
                            .start(
                                    () -> {
                                        commit.set(wait.get());
                                        interrupted = Thread.currentThread().isInterrupted();
                                    });
        }

        Commit result() {
            Soon.ends(thread);
            return commit.get();
        }
    }
}
