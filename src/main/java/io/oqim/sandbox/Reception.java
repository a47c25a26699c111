package io.oqim.sandbox;

import io.helidon.http.HeaderNames;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;

/**
 * Receives the requests of one bank and behaves like a bank: it takes its time, makes mistakes on
 * purpose, and hangs when it is frozen. Half of a call's latency passes before it is processed,
 * half after.
 */
final class Reception {
    /** As many requests as all banks serve at once; more are refused, not processed. */
    static final int MAX_REQUESTS = 20_000;

    private static final Duration LONGEST_HANG = Duration.ofMinutes(10);
    private static final Reply ERROR_AFTER =
            new Reply(500, Reply.error("internal_error", "Something went wrong."), false);

    private final String bank;
    private final byte[] authorization;
    private final Controls controls;
    private final Semaphore permits;

    /** Serves one kind of call. */
    @FunctionalInterface
    interface Service {
        void serve(Visit visit) throws InterruptedException;
    }

    Reception(String bank, String key, Controls controls, Semaphore permits) {
        this.bank = bank;
        this.authorization = ("Bearer " + key).getBytes(StandardCharsets.UTF_8);
        this.controls = controls;
        this.permits = permits;
    }

    /** What every call goes through before anybody looks at it. */
    Handler receiving(Service service) {
        return (request, response) -> {
            long latest = System.nanoTime() + controls.times().longestDelay().toNanos();
            if (!permits.tryAcquire()) {
                Reply.of(Answer.BUSY).send(response);
                return;
            }
            try {
                controls.freezes().await(bank);
                authenticate(request);
                service.serve(new Visit(request, response, latest));
            } catch (Refusal e) {
                Reply.of(e).send(response);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new CloseConnectionException("the sandbox closes", e);
            } finally {
                permits.release();
            }
        };
    }

    /** Processes a call with its latency and its fault, and replies, or not. */
    void process(Visit visit, Call call, Strike strike, Supplier<Reply> work)
            throws InterruptedException {
        Latencies.Line line = new Latencies.Line(bank, call.traffic());
        Duration half = controls.latencies().sample(line).dividedBy(2);
        Thread.sleep(half);
        if (isStruckBefore(strike.fault(), visit.response())) {
            return;
        }
        Reply reply = work.get();
        Thread.sleep(half);
        Fault fault = reply.processed() ? strike.fault() : strike.faultOfRefusal();
        reply(reply, fault, visit.response());
    }

    private void authenticate(ServerRequest request) {
        String sent = request.headers().first(HeaderNames.AUTHORIZATION).orElse("");
        if (!MessageDigest.isEqual(sent.getBytes(StandardCharsets.UTF_8), authorization)) {
            throw new Refusal(401, "unauthorized", "The bank key is missing or wrong.", null);
        }
    }

    private static boolean isStruckBefore(Fault fault, ServerResponse response)
            throws InterruptedException {
        return switch (fault.kind()) {
            case NONE, DROP_AFTER, ERROR_AFTER, MALFORMED, LATE, SHORT -> false;
            case DROP_BEFORE -> throw dropped();
            case NOT_PROCESSED -> {
                Reply.of(Answer.STRUCK).send(response);
                yield true;
            }
            case HANG -> {
                Thread.sleep(LONGEST_HANG);
                throw dropped();
            }
        };
    }

    private static void reply(Reply reply, Fault fault, ServerResponse response)
            throws InterruptedException {
        switch (fault.kind()) {
            case NONE, DROP_BEFORE, NOT_PROCESSED, HANG, SHORT -> reply.send(response);
            case DROP_AFTER -> throw dropped();
            case ERROR_AFTER -> ERROR_AFTER.send(response);
            case MALFORMED -> reply.sendMalformed(response);
            case LATE -> {
                Thread.sleep(fault.delay());
                reply.send(response);
            }
        }
    }

    /** Makes the server close the connection without having sent a byte. */
    private static CloseConnectionException dropped() {
        return new CloseConnectionException("dropped on purpose");
    }
}
