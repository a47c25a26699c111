package io.oqim.http;

import io.helidon.webserver.http.Filter;
import io.helidon.webserver.http.FilterChain;
import io.helidon.webserver.http.RoutingRequest;
import io.helidon.webserver.http.RoutingResponse;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Refuses reads and administration while there is more to do than can be done, and earlier than
 * payments are: what they ask for can be had a second later. Health and metrics are never refused,
 * nor is the question what became of an idempotency key, which costs less than a try to pay again.
 */
public final class Shedding implements Filter {
    private static final Duration RETRY = Duration.ofSeconds(1);

    private final LongSupplier behind;
    private final long mostNanos;
    private final Counter shed;

    /**
     * @param behind how far the process is behind with what payments wait for, in nanoseconds
     * @param most from which on payments are refused; half of it is the limit here
     */
    public Shedding(LongSupplier behind, Duration most, MeterRegistry registry) {
        this.behind = behind;
        this.mostNanos = most.toNanos() / 2;
        this.shed =
                Counter.builder("oqim.http.shed")
                        .description("reads and administration refused under load")
                        .register(registry);
    }

    @Override
    public void filter(FilterChain chain, RoutingRequest request, RoutingResponse response) {
        String path = request.path().rawPath();
        if (mayWait(request.prologue().method().text(), path) && behind.getAsLong() > mostNanos) {
            shed.increment();
            Answers.problem(
                    response, Problem.busy("overloaded", "Payments come first. Try again.", RETRY));
            return;
        }
        chain.proceed();
    }

    private static boolean mayWait(String method, String path) {
        boolean reads = method.equals("GET") || method.equals("HEAD");
        return path.startsWith("/v1/webhook_endpoints")
                || (reads
                        && !path.startsWith("/v1/idempotency_keys/")
                        && (path.startsWith("/v1/") || path.startsWith("/admin/")));
    }
}
