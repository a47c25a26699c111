package io.oqim.http;

import io.helidon.common.buffers.DataReader;
import io.oqim.concurrent.TimeLimit;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A body that has to be there in a certain time from the first look at it, however it trickles, and
 * is framed as HTTP/1.1 wants.
 */
final class TimedBody extends FilterInputStream {
    private final Duration within;
    private final AtomicBoolean broken;
    private @Nullable TimeLimit limit;

    /**
     * @param broken set when nobody can tell any more where it ends
     */
    TimedBody(InputStream body, Duration within, AtomicBoolean broken) {
        super(body);
        this.within = within;
        this.broken = broken;
    }

    @Override
    public int read() throws IOException {
        begin();
        return ended(framed(super::read));
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        begin();
        return ended(framed(() -> super.read(bytes, offset, length)));
    }

    @FunctionalInterface
    private interface Reading {
        int read() throws IOException;
    }

    private int framed(Reading reading) throws IOException {
        try {
            return reading.read();
        } catch (DataReader.InsufficientDataAvailableException
                | DataReader.IncorrectNewLineException
                | IllegalArgumentException e) {
            throw unreadable();
        }
    }

    /** It ends too early, or a chunk does not say how long it is: a fault of the caller's alone. */
    private Refusal unreadable() {
        broken.set(true);
        return new Refusal(
                Problem.of(
                        400,
                        "malformed_request",
                        "The request's body ended too early, or is not framed as HTTP/1.1 wants."));
    }

    private void begin() {
        if (limit == null) {
            limit = TimeLimit.of(within);
        }
    }

    private int ended(int read) {
        if (read < 0) {
            end();
        }
        return read;
    }

    private void end() {
        TimeLimit running = limit;
        if (running != null) {
            running.close();
        }
    }

    @Override
    public void close() throws IOException {
        // Reads on, so the time counts until it has.
        begin();
        try {
            int ignored =
                    framed(
                            () -> {
                                super.close();
                                return 0;
                            });
        } finally {
            end();
        }
    }
}
