package io.oqim.http;

import io.oqim.concurrent.TimeLimit;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A body that has to be there in a certain time from the first look at it, however it trickles. */
final class TimedBody extends FilterInputStream {
    private final Duration within;
    private @Nullable TimeLimit limit;

    TimedBody(InputStream body, Duration within) {
        super(body);
        this.within = within;
    }

    @Override
    public int read() throws IOException {
        begin();
        return ended(super.read());
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        begin();
        return ended(super.read(bytes, offset, length));
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
            super.close();
        } finally {
            end();
        }
    }
}
