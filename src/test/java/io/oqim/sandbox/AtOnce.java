package io.oqim.sandbox;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Many callers at the same time. */
final class AtOnce {
    private AtOnce() {}

    /** One of the callers, by number from 0. */
    interface Caller<T> {
        T call(int number) throws Exception;
    }

    static <T> List<T> run(int callers, Caller<T> caller) throws Exception {
        List<Callable<T>> calls = new ArrayList<>();
        for (int i = 0; i < callers; i++) {
            int number = i;
            calls.add(() -> caller.call(number));
        }
        List<T> results = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Future<T> result : threads.invokeAll(calls)) {
                results.add(result.get());
            }
        }
        return results;
    }
}
