package io.oqim.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Many WebSocket clients on one thread, as cheap as they can be: frames are counted, not decoded,
 * so that what is measured is the server.
 */
final class Swarm implements AutoCloseable {
    /** Handshakes at once: a storm of them is not what is measured. */
    private static final int OPENING_MOST = 64;

    /** Sockets of one source address, well below the ports that one has. */
    private static final int A_SOURCE = 5_000;

    private final Selector selector;
    private final Arrivals arrivals;
    private final Queue<Target> waiting = new ConcurrentLinkedQueue<>();
    private final List<Peer> peers = new ArrayList<>();
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(128 * 1024);
    private final Thread thread;
    private int opening;
    private int opened;
    private final AtomicInteger ready = new AtomicInteger();
    private final AtomicInteger lost = new AtomicInteger();
    private final AtomicLong events = new AtomicLong();
    private volatile boolean closing;
    private volatile String failure = "";

    /**
     * Where a socket leads.
     *
     * @param header further lines of the request
     * @param number whose it is, for {@link Arrivals}
     */
    record Target(int port, String path, String header, int number) {
        /** Whether more than the handshake comes before the events: it is Oqim's. */
        boolean saysCaughtUp() {
            return !header.isEmpty();
        }
    }

    /** Told of each event. */
    @FunctionalInterface
    interface Arrivals {
        /** Events are only counted. */
        Arrivals NOBODY = (number, seq) -> {};

        void event(int number, long seq);
    }

    Swarm(Arrivals arrivals) throws IOException {
        this.arrivals = arrivals;
        this.selector = Selector.open();
        this.thread = Thread.ofPlatform().name("swarm").daemon().start(this::run);
    }

    /** Opens these; returns when all of them have all that was there. */
    void open(List<Target> targets) throws IOException, InterruptedException {
        int all = ready.get() + targets.size();
        waiting.addAll(targets);
        selector.wakeup();
        while (ready.get() < all) {
            check();
            Thread.sleep(10);
        }
    }

    /** Fails if a socket was refused or closed. */
    void check() throws IOException {
        if (lost.get() > 0) {
            throw new IOException(lost + " sockets lost; the last one: " + failure);
        }
    }

    /** Events that came in, at all sockets together. */
    long events() {
        return events.get();
    }

    /** A message with an event, as a socket got it. */
    byte[] sample() {
        return peers.getFirst().sample;
    }

    /** The fewest and most events of a socket; only when nothing comes any more. */
    long[] spread() {
        return new long[] {
            peers.stream().mapToLong(peer -> peer.events).min().orElse(0),
            peers.stream().mapToLong(peer -> peer.events).max().orElse(0)
        };
    }

    private void run() {
        try {
            while (!closing) {
                while (opening < OPENING_MOST && !waiting.isEmpty()) {
                    start(waiting.remove());
                }
                selector.select(this::ready);
            }
        } catch (IOException | RuntimeException e) {
            lose(e.toString());
        }
    }

    private void start(Target target) throws IOException {
        opening++;
        SocketChannel channel = SocketChannel.open();
        channel.configureBlocking(false);
        int source = 1 + opened++ / A_SOURCE;
        channel.bind(new InetSocketAddress("127.0.1." + source, 0));
        boolean atOnce =
                channel.connect(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), target.port()));
        Peer peer = new Peer(target, channel);
        peers.add(peer);
        SelectionKey key = channel.register(selector, SelectionKey.OP_CONNECT, peer);
        if (atOnce) {
            connected(key, peer);
        }
    }

    private void ready(SelectionKey key) {
        Peer peer = (Peer) key.attachment();
        try {
            if (key.isConnectable()) {
                connected(key, peer);
            } else {
                read(peer);
            }
        } catch (IOException e) {
            key.cancel();
            if (!closing) {
                lose(e.toString());
            }
        }
    }

    private void connected(SelectionKey key, Peer peer) throws IOException {
        boolean ignored = peer.channel.finishConnect();
        String request =
                "GET "
                        + peer.target.path()
                        + " HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\n"
                        + "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                        + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                        + peer.target.header()
                        + "\r\n";
        int written =
                peer.channel.write(ByteBuffer.wrap(request.getBytes(StandardCharsets.US_ASCII)));
        if (written != request.length()) {
            throw new IOException("a request does not fit");
        }
        key.interestOps(SelectionKey.OP_READ);
    }

    private void read(Peer peer) throws IOException {
        long before = peer.events;
        boolean wasReady = peer.ready;
        peer.read(buffer, arrivals);
        if (peer.ready && !wasReady) {
            opening--;
            var ignored = ready.incrementAndGet();
        }
        if (peer.events > before) {
            var ignored = events.addAndGet(peer.events - before);
        }
    }

    private void lose(String why) {
        failure = why;
        var ignored = lost.incrementAndGet();
    }

    /** Cuts all of them off. */
    @Override
    public void close() throws IOException {
        closing = true;
        selector.wakeup();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        for (Peer peer : peers) {
            peer.channel.close();
        }
        selector.close();
    }
}
