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
 * Payments are refused here only while not even their keys could be looked up; else {@code
 * payment.Entrance} decides, which knows the tenant.
 */
public final class Shedding implements Filter {
    private static final Duration RETRY = Duration.ofSeconds(1);

    private final LongSupplier behind;
    private final LongSupplier unreadable;
    private final long mostNanos;
    private final Counter shed;

    /**
     * @param behind how far the process is behind with what payments wait for, in nanoseconds
     * @param unreadable how long somebody waits who wants to read from the database, in nanoseconds
     * @param most from which on payments are refused; half of it is the limit here
     */
    public Shedding(
            LongSupplier behind, LongSupplier unreadable, Duration most, MeterRegistry registry) {
        this.behind = behind;
        this.unreadable = unreadable;
        this.mostNanos = most.toNanos() / 2;
        this.shed =
                Counter.builder("oqim.http.shed")
                        .description("requests refused under load before they are looked at")
                        .register(registry);
    }

    @Override
    public void filter(FilterChain chain, RoutingRequest request, RoutingResponse response) {
        String path = request.path().rawPath();
        boolean refused =
                mayWait(request.prologue().method().text(), path)
                        ? behind.getAsLong() > mostNanos
                        // Not even whose key it is could be asked.
                        : path.startsWith("/v1/payments") && unreadable.getAsLong() > 2 * mostNanos;
        if (refused) {
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
                || path.startsWith("/v1/tokens")
                || (reads
                        && !path.startsWith("/v1/idempotency_keys/")
                        && (path.startsWith("/v1/") || path.startsWith("/admin/")));
    }
}
