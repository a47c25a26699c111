package io.oqim.bank;

import io.helidon.common.concurrency.limits.FixedLimit;
import io.helidon.common.concurrency.limits.Limit;
import io.helidon.common.concurrency.limits.LimitAlgorithm;
import io.helidon.faulttolerance.CircuitBreaker;
import io.helidon.faulttolerance.CircuitBreakerOpenException;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.oqim.config.BankEndpoint;
import io.oqim.config.BanksConfig;
import io.oqim.observe.Scope;
import io.oqim.observe.Span;
import io.oqim.observe.Tracing;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Supplier;

/** One bank: its connector behind a bulkhead that is reserved ahead, and a circuit breaker. */
public final class Bank {
    private final BankEndpoint endpoint;
    private final BankConnector connector;
    private final Limit bulkhead;
    private final CircuitBreaker breaker;

    /** Its own: a risk check that is down must neither cost each payment its time nor stop any. */
    private final CircuitBreaker riskBreaker;

    /** Until when the word of another process that found it down is good. */
    private volatile long doubtedUntil = System.nanoTime();

    private final AtomicInteger inFlight = new AtomicInteger();
    private final Tracing tracing;
    private final MeterRegistry registry;

    public Bank(
            BankEndpoint endpoint,
            BanksConfig config,
            BankConnector connector,
            Tracing tracing,
            MeterRegistry registry) {
        this.tracing = tracing;
        this.endpoint = endpoint;
        this.connector = connector;
        this.registry = registry;
        this.bulkhead =
                FixedLimit.builder().permits(endpoint.maxConcurrent()).queueLength(0).build();
        this.breaker = breaker("bank-" + endpoint.name(), config);
        this.riskBreaker = breaker("risk-" + endpoint.name(), config);
        Gauge.builder("oqim.bank.in.flight", inFlight, AtomicInteger::get)
                .description("places taken in the bank's bulkhead")
                .tag("bank", endpoint.name())
                .register(registry);
        Gauge.builder("oqim.bank.available", this, bank -> bank.available() ? 1 : 0)
                .description("1 while the bank's circuit breaker lets payments through")
                .tag("bank", endpoint.name())
                .register(registry);
    }

    private static CircuitBreaker breaker(String name, BanksConfig config) {
        return CircuitBreaker.builder()
                .name(name)
                .volume(config.breakerVolume())
                .errorRatio(config.breakerErrorPercent())
                .delay(config.breakerDelay())
                .successThreshold(1)
                .build();
    }

    public String name() {
        return endpoint.name();
    }

    /** Whether it takes payments of tenants in this mode. */
    public boolean serves(boolean test) {
        return (endpoint.mode() == BankEndpoint.Mode.TEST) == test;
    }

    public Capabilities capabilities() {
        return connector.capabilities();
    }

    /** Room for one call, kept until it is closed; empty when the bulkhead is full. */
    public Optional<Place> reserve() {
        return bulkhead.tryAcquireOutcome(false) instanceof LimitAlgorithm.Outcome.Accepted accepted
                ? Optional.of(new Place(accepted.token(), inFlight))
                : Optional.empty();
    }

    /** Whether calls are let through. */
    public boolean available() {
        return breaker.state() != CircuitBreaker.State.OPEN;
    }

    /** Another process has found it down; its word is good for so long. */
    public void foundDownElsewhere(Duration goodFor) {
        doubtedUntil = System.nanoTime() + goodFor.toNanos();
    }

    /** Whether another process has found it down, which may be that process's own trouble. */
    boolean doubted() {
        return doubtedUntil - System.nanoTime() > 0;
    }

    public BankReply authorize(Authorize request, BankCall call) {
        return sent(
                request.capture() ? "sale" : "authorize",
                call,
                () -> connector.authorize(request, call));
    }

    public BankReply capture(Modify request, BankCall call) {
        return sent("capture", call, () -> connector.capture(request, call));
    }

    public BankReply voidRemainder(Modify request, BankCall call) {
        return sent("void", call, () -> connector.voidRemainder(request, call));
    }

    public BankReply refund(Modify request, BankCall call) {
        return sent("refund", call, () -> connector.refund(request, call));
    }

    public BankReply adjust(Modify request, BankCall call) {
        return sent("adjust", call, () -> connector.adjust(request, call));
    }

    private BankReply sent(String operation, BankCall call, Supplier<BankReply> send) {
        return call.tooLate()
                ? new BankReply.NotSent("too late to send", true)
                : guarded(operation, call, send);
    }

    /** Asks without the breaker: an enquiry does no harm, and shows whether the bank is back. */
    public Enquiry enquire(BankOperation asked, BankCall call) {
        return timed(
                "enquire",
                call,
                () -> connector.enquire(asked, call),
                answer -> answer.getClass().getSimpleName());
    }

    public Tombstone tombstone(String target, BankCall call) {
        return timed(
                "tombstone",
                call,
                () -> connector.tombstone(target, call),
                answer -> answer.getClass().getSimpleName());
    }

    /** Asks without the breaker: it moves nothing, and shows whether the bank is back. */
    public DisputeFeed disputes(long after, BankCall call) {
        return timed(
                "disputes",
                call,
                () -> connector.disputes(after, call),
                answer -> answer.getClass().getSimpleName());
    }

    /** Tells without the breaker: no payment waits for it. */
    public DisputeReply evidence(DisputeResponse.Part part, BankCall call) {
        return timed(
                "evidence",
                call,
                () -> connector.evidence(part, call),
                answer -> answer.getClass().getSimpleName());
    }

    /** Tells without the breaker: no payment waits for it. */
    public DisputeReply respond(DisputeResponse response, BankCall call) {
        return timed(
                "respond",
                call,
                () -> connector.respond(response, call),
                answer -> answer.getClass().getSimpleName());
    }

    /** Asks behind a breaker of its own: while the check is down, the answer is silence at once. */
    public RiskAnswer checkRisk(RiskQuestion question, BankCall call) {
        try {
            return riskBreaker.invoke(
                    () -> {
                        RiskAnswer answer =
                                timed(
                                        "risk",
                                        call,
                                        () -> connector.checkRisk(question, call),
                                        given -> given.getClass().getSimpleName());
                        if (answer instanceof RiskAnswer.Silent silent && !isCalledOff(call)) {
                            throw new NoOpinion(silent);
                        }
                        return answer;
                    });
        } catch (NoOpinion none) {
            return none.silent;
        } catch (CircuitBreakerOpenException e) {
            return new RiskAnswer.Silent("the circuit breaker is open");
        }
    }

    /**
     * Whether nobody wanted the answer any more, as when a payment turns out to be made already: no
     * failure of the bank.
     */
    private static boolean isCalledOff(BankCall call) {
        return Thread.currentThread().isInterrupted() && call.isEarly();
    }

    /** A reserved place in the bulkhead. */
    public static final class Place implements AutoCloseable {
        private final LimitAlgorithm.Token token;
        private final AtomicInteger inFlight;

        private Place(LimitAlgorithm.Token token, AtomicInteger inFlight) {
            this.token = token;
            this.inFlight = inFlight;
            inFlight.incrementAndGet();
        }

        @Override
        public void close() {
            inFlight.decrementAndGet();
            token.success();
        }
    }

    private BankReply guarded(String operation, BankCall call, Supplier<BankReply> send) {
        try {
            return breaker.invoke(
                    () -> {
                        BankReply reply = timed(operation, call, send, BankReply::name);
                        if (isTrouble(reply)) {
                            throw new Trouble(reply);
                        }
                        return reply;
                    });
        } catch (Trouble trouble) {
            return trouble.reply;
        } catch (CircuitBreakerOpenException e) {
            return new BankReply.NotSent("the circuit breaker is open");
        }
    }

    /**
     * Declines are answers of a healthy bank; only silence counts against it. Our own slowness does
     * not, but nor does it show that a bank that was down is back.
     */
    private boolean isTrouble(BankReply reply) {
        return switch (reply) {
            case BankReply.Unknown unknown -> true;
            case BankReply.NotSent notSent ->
                    !notSent.tooLate() || breaker.state() == CircuitBreaker.State.HALF_OPEN;
            case BankReply.NotProcessed notProcessed -> true;
            case BankReply.Approved approved -> false;
            case BankReply.Pending pending -> false;
            case BankReply.Declined declined -> false;
            case BankReply.Rejected rejected -> false;
            case BankReply.Duplicate duplicate -> false;
            case BankReply.Reversed reversed -> false;
        };
    }

    private <T> T timed(
            String operation, BankCall call, Supplier<T> send, Function<T, String> outcome) {
        long started = System.nanoTime();
        Span span = tracing.call(name() + " " + operation).tag("oqim.reference", call.reference());
        try {
            T answer = Scope.current().within(span, send::get);
            String became = outcome.apply(answer).toLowerCase(Locale.ROOT);
            var ignored = span.tag("oqim.outcome", became);
            Timer.builder("oqim.bank.calls")
                    .tag("bank", name())
                    .tag("operation", operation)
                    .tag("outcome", became)
                    .register(registry)
                    .record(System.nanoTime() - started, TimeUnit.NANOSECONDS);
            return answer;
        } finally {
            span.end();
        }
    }

    /** Carries a silence past the breaker as the failure that it counts as. */
    private static final class NoOpinion extends RuntimeException {
        private static final long serialVersionUID = 1L;
        private final transient RiskAnswer.Silent silent;

        NoOpinion(RiskAnswer.Silent silent) {
            super("no opinion", null, false, false);
            this.silent = silent;
        }
    }

    /** Carries a reply past the breaker as the failure that it counts as. */
    private static final class Trouble extends RuntimeException {
        private static final long serialVersionUID = 1L;
        private final transient BankReply reply;

        Trouble(BankReply reply) {
            super("bank trouble", null, false, false);
            this.reply = reply;
        }
    }
}
