package io.oqim.payment;

import io.oqim.concurrent.Leg;
import io.oqim.http.Json;
import io.oqim.store.TypeId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * What a payment's time went into: legs with start and end in microseconds since the trace began.
 */
final class Trace {
    private final Instant began = Instant.now();
    private final long origin = System.nanoTime();
    private final List<Leg.Timing> legs = new ArrayList<>();

    long micros() {
        return (System.nanoTime() - origin) / 1000;
    }

    /** Adds the legs of a fan-out that started at {@code startMicros}. */
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
        legs.add(new Leg.Timing(name, startMicros, micros(), "done", note));
    }

    byte[] json(UUID operation) {
        return Json.bytes(
                out -> {
                    out.writeStartObject();
                    out.write("operation", TypeId.text("op", operation));
                    out.write("began", PaymentJson.time(began));
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
