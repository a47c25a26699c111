package io.oqim.event;

import static org.assertj.core.api.Assertions.assertThat;

import io.oqim.store.Change;
import io.oqim.store.Commit;
import io.oqim.testing.Soon;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongUnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class EventFeedTest {
    private static final Duration LONG = Duration.ofMinutes(1);
    private static final Duration MOMENT = Duration.ofMillis(1);
    private final EventFeed feed = new EventFeed();

    @Test
    void aHintWakesWhoWaits() {
        try (EventFeed.Tail tail = feed.follow(1)) {
            Reader reader = new Reader(tail, 4, LONG, EventFeedTest::never);
            Soon.waitsForAWhile(reader.thread);

            feed.hint(1, 5);

            assertThat(reader.head()).isEqualTo(5);
        }
    }

    @Test
    void aCommitWakesTheReadersOfItsTenants() {
        try (EventFeed.Tail one = feed.follow(1);
                EventFeed.Tail two = feed.follow(2)) {
            Reader first = new Reader(one, 0, LONG, EventFeedTest::never);
            Reader second = new Reader(two, 0, LONG, EventFeedTest::never);
            Soon.waitsForAWhile(first.thread);
            Soon.waitsForAWhile(second.thread);

            feed.committed(List.of(place(1, 7), place(1, 8), place(2, 3)));

            assertThat(first.head()).isBetween(7L, 8L);
            assertThat(second.head()).isEqualTo(3);
        }
    }

    @Test
    void aHintOfWhatIsKnownAlreadyWakesNobody() {
        try (EventFeed.Tail tail = feed.follow(1)) {
            Reader reader = new Reader(tail, 5, LONG, EventFeedTest::never);
            Soon.waitsForAWhile(reader.thread);

            feed.hint(1, 5);
            feed.hint(2, 9);
            Soon.waitsForAWhile(reader.thread);
            feed.hint(1, 6);

            assertThat(reader.head()).isEqualTo(6);
        }
    }

    @Test
    void aLateHintDoesNotTakeTheHeadBack() throws Exception {
        try (EventFeed.Tail tail = feed.follow(1)) {
            feed.hint(1, 9);
            feed.hint(1, 3);

            assertThat(tail.await(0, LONG, EventFeedTest::never)).isEqualTo(9);
        }
    }

    @Test
    void aLostHintIsFoundByLooking() throws Exception {
        try (EventFeed.Tail tail = feed.follow(1)) {
            assertThat(tail.await(4, MOMENT, tenant -> tenant * 100)).isEqualTo(100);
        }
    }

    @Test
    void lookingThatFindsNothingNewGivesTheHeadAsItIs() throws Exception {
        try (EventFeed.Tail tail = feed.follow(1)) {
            assertThat(tail.await(4, MOMENT, tenant -> 4)).isEqualTo(4);
        }
    }

    @Test
    void aHintBetweenFollowingAndWaitingIsNotLost() throws Exception {
        try (EventFeed.Tail tail = feed.follow(1)) {
            feed.hint(1, 1);

            assertThat(tail.await(0, LONG, EventFeedTest::never)).isEqualTo(1);
        }
    }

    @Test
    void aHintIsNeverLostHoweverItRacesWithTheReader() throws Exception {
        long seed = 99;
        Random random = new Random(seed);
        CyclicBarrier both = new CyclicBarrier(2);
        try (EventFeed.Tail tail = feed.follow(1)) {
            for (long seq = 1; seq <= 500; seq++) {
                long next = seq;
                int spins = random.nextInt(200);
                Thread writer =
                        Thread.ofVirtual()
                                .start(
                                        () -> {
                                            meet(both);
                                            spin(spins);
                                            feed.hint(1, next);
                                        });
                meet(both);

                long head = tail.await(seq - 1, LONG, EventFeedTest::never);
                writer.join();

                assertThat(head).as("seed %d", seed).isEqualTo(seq);
            }
        }
    }

    @Test
    void whoIsWokenLooksAndGoesOn() {
        try (EventFeed.Tail tail = feed.follow(1)) {
            Reader reader = new Reader(tail, 4, LONG, tenant -> 4);
            Soon.waitsForAWhile(reader.thread);

            tail.wake();

            assertThat(reader.head()).isEqualTo(4);
        }
    }

    @Test
    void wakingOneLogLeavesOthersAlone() {
        try (EventFeed.Tail one = feed.follow(1);
                EventFeed.Tail two = feed.follow(2)) {
            Reader reader = new Reader(two, 4, LONG, EventFeedTest::never);
            Soon.waitsForAWhile(reader.thread);

            one.wake();
            Soon.waitsForAWhile(reader.thread);
            feed.hint(2, 5);

            assertThat(reader.head()).isEqualTo(5);
        }
    }

    @Test
    void aReaderThatLeavesTakesNothingFromTheOther() {
        EventFeed.Tail leaver = feed.follow(1);
        try (EventFeed.Tail tail = feed.follow(1)) {
            Reader reader = new Reader(tail, 0, LONG, EventFeedTest::never);
            Soon.waitsForAWhile(reader.thread);

            leaver.close();
            leaver.close();
            feed.hint(1, 1);

            assertThat(reader.head()).isEqualTo(1);
        }
    }

    @Test
    void nothingIsKeptOfALogThatNobodyReads() throws Exception {
        feed.follow(1).close();
        feed.hint(1, 50);
        try (EventFeed.Tail tail = feed.follow(1)) {
            assertThat(tail.await(0, MOMENT, tenant -> 2)).isEqualTo(2);
        }
    }

    private static long never(long tenant) {
        throw new AssertionError("nobody should have to look for " + tenant);
    }

    private static void meet(CyclicBarrier barrier) {
        try {
            barrier.await();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static void spin(int times) {
        for (int i = 0; i < times; i++) {
            Thread.onSpinWait();
        }
    }

    private static Commit.Place place(long tenant, long seq) {
        Change.Draft draft =
                new Change.Draft(
                        new UUID(0, seq), "type", Optional.empty(), new byte[] {1}, new byte[32]);
        return new Commit.Place(draft, tenant, seq, Instant.EPOCH, new byte[32], new byte[32]);
    }

    /** Somebody who waits for what comes after {@code seq}. */
    private static final class Reader {
        private final AtomicLong head = new AtomicLong(-1);
        private final Thread thread;

        Reader(EventFeed.Tail tail, long seq, Duration patience, LongUnaryOperator look) {
            thread =
                    Thread.ofPlatform()
                            .daemon()
                            .start(
                                    () -> {
                                        try {
                                            head.set(tail.await(seq, patience, look));
                                        } catch (InterruptedException e) {
                                            head.set(-2);
                                        }
                                    });
        }

        long head() {
            Soon.ends(thread);
            return head.get();
        }
    }
}
