package io.oqim.websocket;

import io.helidon.common.buffers.BufferData;
import io.helidon.common.socket.HelidonSocket;
import java.io.UncheckedIOException;
import java.net.SocketTimeoutException;
import org.jspecify.annotations.Nullable;

/** The TCP connection, plain or TLS, that HTTP/1 has left to us. */
final class Wire implements Source {
    private final HelidonSocket socket;
    private byte @Nullable [] readAhead;

    /**
     * Reads {@code readAhead} first: what HTTP/1 took from the socket beyond the upgrade request.
     */
    Wire(HelidonSocket socket, byte[] readAhead) {
        this.socket = socket;
        this.readAhead = readAhead.length == 0 ? null : readAhead;
        ReadBuffer.shrink(socket);
    }

    @Override
    public byte @Nullable [] next() {
        byte[] first = readAhead;
        if (first != null) {
            readAhead = null;
            return first;
        }
        while (true) {
            try {
                return socket.get();
            } catch (UncheckedIOException e) {
                // The listener's read time-out is meant for HTTP; the heartbeat judges silence
                // here.
                if (!(e.getCause() instanceof SocketTimeoutException)) {
                    return null;
                }
            }
        }
    }

    /**
     * Blocks until the kernel has taken all of it.
     *
     * @throws UncheckedIOException if the socket is gone
     */
    void write(byte[] bytes) {
        socket.write(BufferData.create(bytes));
    }

    /** Whoever blocks in a read or write of this socket wakes up. */
    void close() {
        try {
            socket.close();
        } catch (UncheckedIOException e) {
            // It was gone already, which is what we want.
        }
    }

    /** Closes without waiting: a TLS socket's close blocks as long as a write does. */
    void abort() {
        Thread.ofVirtual().name("websocket-abort").start(this::close);
    }
}
