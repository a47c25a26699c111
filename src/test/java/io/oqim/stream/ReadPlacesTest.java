package io.oqim.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.oqim.Until;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ReadPlacesTest {
    private final ReadPlaces places = new ReadPlaces(1);

    @Test
    void placesAreGivenInTheOrderOfAskingHoweverLongItTakes() throws Exception {
        List<Integer> served = new CopyOnWriteArrayList<>();
        AtomicInteger looks = new AtomicInteger();
        boolean first = places.enter(() -> true);
        assertThat(first).isTrue();
        try (ExecutorService readers = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 5; i++) {
                int me = i;
                AtomicBoolean asked = new AtomicBoolean();
                Future<?> ignored =
                        readers.submit(
                                () -> {
                                    boolean mine =
                                            places.enter(
                                                    () -> {
                                                        asked.set(true);
                                                        looks.incrementAndGet();
                                                        return true;
                                                    });
                                    served.add(me);
                                    places.leave();
                                    return mine;
                                });
                // He stands in the line before the next one comes.
                Until.is(asked::get, yes -> yes);
            }
            // All have looked up more than once, and nobody has lost his turn by it.
            Until.is(looks::get, count -> count > 20);
            places.leave();
        }
        assertThat(served).containsExactly(0, 1, 2, 3, 4);
    }

    @Test
    void whoDoesNotWantAPlaceAnyMoreStandsInNobodysWay() throws Exception {
        assertThat(places.enter(() -> false)).isFalse();
        assertThat(places.enter(() -> true)).isTrue();
        assertThat(places.enter(() -> false)).isFalse();
        places.leave();

        assertThat(places.enter(() -> true)).isTrue();
    }

    @Test
    void noPlaceIsLostHoweverPeopleComeAndGo() throws Exception {
        ReadPlaces two = new ReadPlaces(2);
        AtomicInteger inside = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        List<Future<Integer>> readers = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 20; i++) {
                int me = i;
                readers.add(
                        threads.submit(
                                () -> {
                                    int served = 0;
                                    for (int turn = 0; turn < 200; turn++) {
                                        int now = turn;
                                        if (two.enter(() -> (now + me) % 3 != 0)) {
                                            served++;
                                            int here = inside.incrementAndGet();
                                            most.accumulateAndGet(here, Math::max);
                                            inside.decrementAndGet();
                                            two.leave();
                                        }
                                    }
                                    return served;
                                }));
            }
            for (Future<Integer> reader : readers) {
                assertThat(reader.get()).isPositive();
            }
        }
        assertThat(most.get()).isLessThanOrEqualTo(2);
        assertThat(two.enter(() -> true)).isTrue();
        assertThat(two.enter(() -> true)).isTrue();
        assertThat(two.enter(() -> false)).isFalse();
    }
}
