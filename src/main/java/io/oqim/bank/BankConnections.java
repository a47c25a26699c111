package io.oqim.bank;

import io.oqim.concurrent.FanOut;
import io.oqim.concurrent.Leg;
import io.oqim.config.BanksConfig;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;

/** Connections to one bank: the one used last is used next, so that the rest grow old and go. */
final class BankConnections {
    private final String host;
    private final int port;
    private final @Nullable SSLSocketFactory tls;
    private final Duration connectTimeout;
    private final Duration idleTimeout;
    private final int idleMost;
    private final ReentrantLock lock = new ReentrantLock();
    private final Deque<BankConnection> idle = new ArrayDeque<>();

    BankConnections(URI url, BanksConfig config, SSLSocketFactory trusting) {
        boolean secure = "https".equals(url.getScheme());
        this.host = url.getHost();
        this.port = url.getPort() >= 0 ? url.getPort() : secure ? 443 : 80;
        this.tls = secure ? trusting : null;
        this.connectTimeout = config.connectTimeout();
        this.idleTimeout = config.idleTimeout();
        this.idleMost = config.idleConnections();
    }

    /** One that can be written to; blocks while it is opened. */
    BankConnection take() throws IOException {
        while (true) {
            BankConnection kept = kept();
            if (kept == null) {
                return open();
            }
            if (kept.idleNanos() < idleTimeout.toNanos() && kept.isUsable()) {
                return kept;
            }
            kept.close();
        }
    }

    private @Nullable BankConnection kept() {
        lock.lock();
        try {
            return idle.pollFirst();
        } finally {
            lock.unlock();
        }
    }

    /** Keeps it for another call. */
    void give(BankConnection connection) {
        connection.idle();
        List<BankConnection> old = new ArrayList<>();
        lock.lock();
        try {
            idle.addFirst(connection);
            while (idle.size() > idleMost || idle.getLast().idleNanos() > idleTimeout.toNanos()) {
                old.add(idle.removeLast());
            }
        } finally {
            lock.unlock();
        }
        old.forEach(BankConnection::close);
    }

    private BankConnection open() throws IOException {
        IOException failure = new ConnectException("no address");
        for (InetAddress address : addresses()) {
            try {
                return open(address);
            } catch (IOException e) {
                failure = e;
            }
        }
        throw failure;
    }

    /**
     * On a thread of its own: looking up a name cannot be interrupted, and the call has its time.
     */
    private InetAddress[] addresses() throws IOException {
        try (FanOut looking = FanOut.within(connectTimeout)) {
            Leg<InetAddress[]> found =
                    looking.cancellable("name", () -> InetAddress.getAllByName(host));
            return switch (found.await()) {
                case Leg.Result.Done<InetAddress[]> done -> done.value();
                case Leg.Result.Failed<InetAddress[]> failed ->
                        throw new UnknownHostException(host);
                case Leg.Result.Late<InetAddress[]> late ->
                        throw new ConnectException("the name was not found in time");
            };
        }
    }

    private BankConnection open(InetAddress address) throws IOException {
        SocketChannel channel = SocketChannel.open();
        try {
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            channel.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
            channel.socket()
                    .connect(new InetSocketAddress(address, port), (int) connectTimeout.toMillis());
            return new BankConnection(channel, tls == null ? null : secured(channel, tls));
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    private SSLSocket secured(SocketChannel channel, SSLSocketFactory factory) throws IOException {
        SSLSocket socket = (SSLSocket) factory.createSocket(channel.socket(), host, port, true);
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        socket.setSSLParameters(parameters);
        socket.startHandshake();
        return socket;
    }
}
