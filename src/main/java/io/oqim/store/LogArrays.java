package io.oqim.store;

import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Places in the log as the array parameters of {@link Sequencer#append()}. */
final class LogArrays {
    private LogArrays() {}

    static List<List<? extends @Nullable Object>> events(List<Commit.Place> log) {
        return List.of(
                column(log, Commit.Place::tenant),
                column(log, Commit.Place::seq),
                column(log, place -> place.draft().id()),
                column(log, place -> place.draft().type()),
                column(log, place -> place.draft().payment().orElse(null)),
                column(log, Commit.Place::created),
                column(log, place -> place.draft().body()),
                column(log, Commit.Place::previousHash),
                column(log, Commit.Place::hash));
    }

    private static <T extends @Nullable Object> List<T> column(
            List<Commit.Place> log, Function<Commit.Place, T> value) {
        return log.stream().map(value).toList();
    }
}
