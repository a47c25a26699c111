package io.oqim.bank;

import java.io.EOFException;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/**
 * One connection to a bank, plain or TLS; used by one call at a time. Its reads and writes block
 * the virtual thread, and an interrupt ends them and closes it.
 */
final class BankConnection implements AutoCloseable {
    /** A TLS connection can only be asked by waiting, so only after this long. */
    private static final long FRESH_NANOS = 1_000_000_000;

    private final SocketChannel channel;
    private final @Nullable SSLSocket tls;
    private long idleSince;

    /**
     * @param tls over the channel; null when there is none
     */
    BankConnection(SocketChannel channel, @Nullable SSLSocket tls) {
        this.channel = channel;
        this.tls = tls;
    }

    void write(byte[] bytes) throws IOException {
        if (tls != null) {
            tls.getOutputStream().write(bytes);
            return;
        }
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        while (buffer.hasRemaining()) {
            int ignored = channel.write(buffer);
        }
    }

    /**
     * Waits for some bytes.
     *
     * @return how many were read into the buffer from {@code offset} on
     * @throws EOFException when the bank has closed it
     */
    int read(byte[] buffer, int offset) throws IOException {
        int length = buffer.length - offset;
        int read =
                tls == null
                        ? channel.read(ByteBuffer.wrap(buffer, offset, length))
                        : tls.getInputStream().read(buffer, offset, length);
        if (read < 0) {
            throw new EOFException("closed by the bank");
        }
        return read;
    }

    /** Nothing is to be read until it is used again. */
    void idle() {
        idleSince = System.nanoTime();
    }

    long idleNanos() {
        return System.nanoTime() - idleSince;
    }

    /**
     * Whether an idle connection may be used again. A bank that has closed it, or said something
     * that nobody asked for, would answer nothing that can be trusted; noticed now, it costs no
     * payment its outcome.
     */
    boolean isUsable() {
        try {
            if (tls == null) {
                return isQuiet();
            }
            // What has been decrypted already, and what waits in the kernel: neither is waited for.
            if (tls.getInputStream().available() > 0) {
                return false;
            }
            boolean silent = channel.socket().getInputStream().available() == 0;
            return (silent && idleNanos() < FRESH_NANOS) || isQuiet(tls);
        } catch (IOException e) {
            return false;
        }
    }

    private boolean isQuiet() throws IOException {
        channel.configureBlocking(false);
        boolean quiet = channel.read(ByteBuffer.allocate(1)) == 0;
        channel.configureBlocking(true);
        return quiet;
    }

    private static boolean isQuiet(SSLSocket socket) throws IOException {
        socket.setSoTimeout(1);
        try {
            int ignored = socket.getInputStream().read();
            return false;
        } catch (SocketTimeoutException e) {
            socket.setSoTimeout(0);
            return true;
        }
    }

    /** Without the farewell of TLS, which may block. */
    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            // It was gone already, which is what we want.
        }
    }
}
