package io.oqim.payment;

import io.oqim.concurrent.FanOut;
import io.oqim.concurrent.Leg;
import io.oqim.http.Json;
import io.oqim.observe.Scope;
import io.oqim.observe.Span;
import io.oqim.observe.Traces;
import io.oqim.store.TypeId;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * What a payment's time went into: legs with start and end in microseconds since the trace began.
 * Whoever watches the tenant sees them as they happen.
 */
final class Trace implements FanOut.Watch {
    private final Instant began = Instant.now();
    private final long origin = System.nanoTime();
    private final List<Leg.Timing> legs = new ArrayList<>();
    private final Span span = Scope.current().span();
    private final Traces live;
    private final long tenant;
    private volatile Subject subject = new Subject("", "");

    /** What it is about, once that has its ids. */
    private record Subject(String payment, String operation) {}

    Trace(Traces live, long tenant) {
        this.live = live;
        this.tenant = tenant;
    }

    /** From now on it is known what it is about. */
    void about(Open open) {
        subject =
                new Subject(
                        TypeId.text("pay", open.payment().id()),
                        TypeId.text("op", open.operation().id()));
    }

    long micros() {
        return (System.nanoTime() - origin) / 1000;
    }

    /** Adds the legs of a fan-out that started at {@code startMicros}; they were watched. */
    void add(long startMicros, List<Leg.Timing> records) {
        for (Leg.Timing leg : records) {
            legs.add(
                    new Leg.Timing(
                            leg.name(),
                            leg.startMicros() + startMicros,
                            leg.endMicros() + startMicros,
                            leg.outcome(),
                            leg.note()));
        }
    }

    /** Adds a step that just ended. */
    void step(String name, long startMicros, String note) {
        Leg.Timing step = new Leg.Timing(name, startMicros, micros(), "done", note);
        legs.add(step);
        ended(step);
    }

    @Override
    public void began(String leg) {
        live.tell(tenant, () -> json(leg, "began", "", "", 0));
    }

    @Override
    public void ended(Leg.Timing leg) {
        long took = leg.endMicros() - leg.startMicros();
        span.past(leg.name(), Duration.of(took, ChronoUnit.MICROS), leg.outcome());
        live.tell(tenant, () -> json(leg.name(), "ended", leg.outcome(), leg.note(), took));
    }

    private byte[] json(String leg, String phase, String outcome, String note, long micros) {
        Subject about = subject;
        return Json.bytes(
                out -> {
                    out.writeStartObject();
                    out.write("kind", "leg");
                    out.write("payment", about.payment());
                    out.write("operation", about.operation());
                    out.write("leg", leg);
                    out.write("phase", phase);
                    out.write("at_micros", micros());
                    if (phase.equals("ended")) {
                        out.write("micros", micros);
                        out.write("outcome", outcome);
                        out.write("note", note);
                    }
                    out.writeEnd();
                });
    }

    byte[] json(UUID operation) {
        return Json.bytes(
                out -> {
                    out.writeStartObject();
                    out.write("operation", TypeId.text("op", operation));
                    out.write("began", Json.time(began));
                    out.write("total_micros", micros());
                    out.writeStartArray("legs");
                    for (Leg.Timing leg : legs) {
                        out.writeStartObject();
                        out.write("name", leg.name());
                        out.write("start_micros", leg.startMicros());
                        out.write("end_micros", leg.endMicros());
                        out.write("outcome", leg.outcome());
                        out.write("note", leg.note());
                        out.writeEnd();
                    }
                    out.writeEnd();
                    out.writeEnd();
                });
    }
}
