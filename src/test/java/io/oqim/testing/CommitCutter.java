package io.oqim.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Stands between a client and PostgreSQL, and cuts the connection at a COMMIT: before the server
 * gets it, or after the server has done it but before the client is told.
 */
public final class CommitCutter implements AutoCloseable {
    /** Where the next COMMIT is cut. */
    public enum Cut {
        NOWHERE,
        BEFORE_COMMIT,
        AFTER_COMMIT
    }

    private static final byte[] ASKED = "COMMIT".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] ANSWERED = "COMMIT\0".getBytes(StandardCharsets.US_ASCII);

    private final ServerSocket listener;
    private final int target;
    private final AtomicReference<Cut> next = new AtomicReference<>(Cut.NOWHERE);
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private final AtomicInteger cuts = new AtomicInteger();

    public CommitCutter(int target) throws IOException {
        this.target = target;
        this.listener = new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(this::accept);
    }

    public int port() {
        return listener.getLocalPort();
    }

    /** Cuts the next COMMIT, once. */
    public void cutNext(Cut where) {
        next.set(where);
    }

    /** How many were cut. */
    public int cuts() {
        return cuts.get();
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket client = listener.accept();
                Socket server = new Socket(InetAddress.getLoopbackAddress(), target);
                sockets.add(client);
                sockets.add(server);
                Thread.ofVirtual().start(() -> pump(client, server, ASKED, Cut.BEFORE_COMMIT));
                Thread.ofVirtual().start(() -> pump(server, client, ANSWERED, Cut.AFTER_COMMIT));
            } catch (IOException e) {
                return;
            }
        }
    }

    private void pump(Socket from, Socket to, byte[] sign, Cut cut) {
        byte[] buffer = new byte[65_536];
        try (from;
                to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            int count = in.read(buffer);
            while (count > 0) {
                if (next.get() == cut
                        && contains(buffer, count, sign)
                        && next.compareAndSet(cut, Cut.NOWHERE)) {
                    cuts.incrementAndGet();
                    return;
                }
                out.write(buffer, 0, count);
                out.flush();
                count = in.read(buffer);
            }
        } catch (IOException e) {
            // The other side is gone; so is this one.
        }
    }

    private static boolean contains(byte[] buffer, int count, byte[] sign) {
        for (int i = 0; i + sign.length <= count; i++) {
            if (java.util.Arrays.equals(buffer, i, i + sign.length, sign, 0, sign.length)) {
                return true;
            }
        }
        return false;
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (Socket socket : sockets) {
            socket.close();
        }
    }
}
