package io.oqim.http;

import io.helidon.http.HeaderValues;
import io.helidon.http.Method;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.http.Filter;
import io.helidon.webserver.http.FilterChain;
import io.helidon.webserver.http.RoutingRequest;
import io.helidon.webserver.http.RoutingResponse;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A process that is about to stop answers as ever, but each answer is the last one on its
 * connection: the caller's next request then goes to another process.
 */
public final class Farewell implements Filter {
    private static final long LOOK_MILLIS = 5;

    private final AtomicInteger asked = new AtomicInteger();
    private volatile boolean begun;

    /** From now on, connections end with their next answer. */
    public void begin() {
        begun = true;
    }

    @Override
    public void filter(FilterChain chain, RoutingRequest request, RoutingResponse response) {
        if (begun) {
            response.header(HeaderValues.CONNECTION_CLOSE);
            response.whenSent(
                    () -> {
                        throw new CloseConnectionException("the process is about to stop");
                    });
        }
        if (!request.prologue().method().equals(Method.POST)) {
            chain.proceed();
            return;
        }
        asked.incrementAndGet();
        try {
            chain.proceed();
        } finally {
            asked.decrementAndGet();
        }
    }

    /** Waits for the answers to what has been asked for by POST; not for reads, which may last. */
    public void untilAnswered(Duration patience) throws InterruptedException {
        long end = System.nanoTime() + patience.toNanos();
        while (asked.get() > 0 && System.nanoTime() - end < 0) {
            Thread.sleep(LOOK_MILLIS);
        }
    }
}
