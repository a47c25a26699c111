package io.oqim.event;

import io.oqim.crypto.Hashes;
import io.oqim.store.Change;
import java.time.Instant;
import java.util.UUID;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** An event's body and its place in the chain. */
@State(Scope.Benchmark)
public class EventBench {
    private final EventSequencer sequencer = new EventSequencer();
    private final byte[] data = new byte[700];
    private final byte[] previous = new byte[32];
    private final byte[] body = new byte[850];
    private final byte[] lines = new byte[200];
    private final Instant created = Instant.parse("2026-11-26T10:15:30.123456Z");
    private final UUID payment = UUID.fromString("0199abcd-89ab-7def-8123-456789abcdef");

    @Benchmark
    public Change.Draft draft() {
        return EventBody.draft("payment.captured", payment, payment, data);
    }

    /** The hash of so many bytes alone. */
    @Benchmark
    public byte[] draftHashAlone() {
        return Hashes.sha256(body);
    }

    @Benchmark
    public byte[] link() {
        return sequencer.link(previous, 123_456, created, previous);
    }

    /** The hash of so many bytes alone. */
    @Benchmark
    public byte[] linkHashAlone() {
        return Hashes.sha256(lines);
    }
}
