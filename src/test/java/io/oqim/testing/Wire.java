package io.oqim.testing;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A cable between clients and a server on this machine, which can be held: then nothing comes
 * through in either direction and nobody is told, as when packets get lost on their way. What was
 * on its way arrives when it is let go.
 */
public final class Wire implements AutoCloseable {
    /** Every client, whatever it calls itself. */
    public static final String ALL = "";

    private final ServerSocket listener;
    private final int target;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition released = lock.newCondition();
    private final Set<String> held = ConcurrentHashMap.newKeySet();

    public Wire(int target) throws IOException {
        this.target = target;
        this.listener = new ServerSocket(0, 1000, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(this::accept);
    }

    public int port() {
        return listener.getLocalPort();
    }

    /**
     * Nothing of this client comes through any more.
     *
     * @param name what it says in its first bytes; {@link #ALL} for everybody
     */
    public void hold(String name) {
        held.add(name);
    }

    /** Everything comes through again. */
    public void release() {
        lock.lock();
        try {
            held.clear();
            released.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** One client's connection. */
    private static final class Link {
        private volatile String greeting = "";
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket client = listener.accept();
                Thread.ofVirtual().start(() -> connect(client));
            } catch (IOException e) {
                return;
            }
        }
    }

    private void connect(Socket client) {
        try {
            Socket server = new Socket(InetAddress.getLoopbackAddress(), target);
            client.setTcpNoDelay(true);
            server.setTcpNoDelay(true);
            sockets.add(client);
            sockets.add(server);
            Link link = new Link();
            Thread.ofVirtual().start(() -> pump(client, server, link));
            Thread.ofVirtual().start(() -> pump(server, client, link));
        } catch (IOException e) {
            close(client);
        }
    }

    private void pump(Socket from, Socket to, Link link) {
        byte[] buffer = new byte[65_536];
        try {
            int count = from.getInputStream().read(buffer);
            while (count > 0) {
                if (link.greeting.isEmpty()) {
                    link.greeting = new String(buffer, 0, count, StandardCharsets.ISO_8859_1);
                }
                pass(link);
                to.getOutputStream().write(buffer, 0, count);
                count = from.getInputStream().read(buffer);
            }
        } catch (IOException | InterruptedException e) {
            // One side is gone; the other one hears of it below.
        } finally {
            close(from);
            close(to);
        }
    }

    private void pass(Link link) throws InterruptedException {
        lock.lock();
        try {
            while (held.stream().anyMatch(link.greeting::contains)) {
                released.await();
            }
        } finally {
            lock.unlock();
        }
    }

    private void close(Socket socket) {
        sockets.remove(socket);
        try {
            socket.close();
        } catch (IOException e) {
            // It was gone already.
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
        sockets.forEach(this::close);
        release();
    }
}
