package io.oqim.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SandboxIT {
    @TempDir Path books;
    @TempDir Path otherBooks;

    @Test
    void closingCutsOffRequestsThatWait() throws Exception {
        try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<?> hanging;
            Future<?> frozen;
            long before;
            try (RunningSandbox sandbox = RunningSandbox.at(books)) {
                sandbox.send("PUT", "/control/faults", "[{\"probability\":1,\"action\":\"hang\"}]");
                hanging = callers.submit(() -> sandbox.sale("s1", 100));
                sandbox.send("POST", "/control/freeze", "{}");
                frozen = callers.submit(() -> sandbox.sale("s2", 100));
                sandbox.untilRequests(2);
                before = System.nanoTime();
            }

            assertThat(Duration.ofNanos(System.nanoTime() - before))
                    .isLessThan(Duration.ofSeconds(6));
            assertThatThrownBy(hanging::get)
                    .isInstanceOf(ExecutionException.class)
                    .hasCauseInstanceOf(IOException.class);
            assertThatThrownBy(frozen::get).hasCauseInstanceOf(IOException.class);
        }
        try (RunningSandbox sandbox = RunningSandbox.at(books)) {
            assertThat(sandbox.journal("")).isEmpty();
        }
    }

    @Test
    void portThatIsInUseStopsTheStart() {
        try (RunningSandbox sandbox = RunningSandbox.at(books)) {
            SandboxOptions options =
                    new SandboxOptions(
                            "127.0.0.1",
                            sandbox.port(),
                            otherBooks,
                            RunningSandbox.KEY,
                            List.of("alpha"),
                            1,
                            Duration.ZERO,
                            Duration.ZERO);

            assertThatThrownBy(() -> Sandbox.start(options))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("cannot listen");
        }
    }

    @Test
    void banksThatAreNotConfiguredAnyMoreStayInTheJournal() throws Exception {
        try (RunningSandbox sandbox = RunningSandbox.at(books)) {
            sandbox.sale("s1", 100);
        }
        SandboxOptions all = RunningSandbox.options(books);
        SandboxOptions one =
                new SandboxOptions(
                        all.host(),
                        0,
                        books,
                        all.bankKey(),
                        List.of("gamma"),
                        1,
                        Duration.ZERO,
                        Duration.ZERO);

        try (RunningSandbox sandbox = RunningSandbox.with(one)) {
            assertThat(sandbox.journal("?bank=alpha")).hasSize(1);
            assertThat(sandbox.journal("?bank=gamma")).isEmpty();
        }
    }
}
