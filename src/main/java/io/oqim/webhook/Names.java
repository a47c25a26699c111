package io.oqim.webhook;

import io.oqim.config.WebhooksConfig;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Looks up the names of receivers and lets only public addresses through. Whoever connects,
 * connects to what is returned here and asks nobody again, so that a name that changes its address
 * between the check and the connection (DNS rebinding) gains nothing.
 *
 * <p>The operating system's look-up blocks a platform thread, cannot be ended, and would hold the
 * carrier of a virtual one: it runs on few threads of its own.
 */
final class Names implements AutoCloseable {
    private final WebhooksConfig config;
    private final Lookup lookup;
    private final ThreadPoolExecutor ofTrusted;
    private final ThreadPoolExecutor ofOthers;

    /** The name service. */
    @FunctionalInterface
    interface Lookup {
        InetAddress[] all(String name) throws UnknownHostException;
    }

    /** No address that may be called. */
    static final class Forbidden extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Forbidden() {
            super("no public address", null, false, false);
        }
    }

    /** No address at all. */
    static final class Unknown extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Unknown(String why) {
            super(why, null, false, false);
        }
    }

    Names(WebhooksConfig config, Lookup lookup) {
        this.config = config;
        this.lookup = lookup;
        this.ofTrusted = pool("webhook-names-");
        this.ofOthers = pool("webhook-names-others-");
    }

    private ThreadPoolExecutor pool(String name) {
        return new ThreadPoolExecutor(
                config.nameThreads(),
                config.nameThreads(),
                0,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(config.maxInFlight()),
                Thread.ofPlatform().daemon().name(name, 0).factory(),
                new ThreadPoolExecutor.AbortPolicy());
    }

    /**
     * An address of a name, or of what is one already. Blocks on the name service. The address has
     * the name with it: one without would be looked up the other way round by the client, on
     * whatever thread, for as long as somebody else's name server likes.
     *
     * @param trusted whether the receiver is known to take messages; names of others have threads
     *     of their own
     * @throws Forbidden when one of its addresses is not public: such a name is not meant to be
     *     called from here, whatever the others are
     * @throws Unknown when there is none
     */
    InetAddress address(String host, boolean trusted) {
        InetAddress[] all = all(host, trusted);
        if (all.length == 0) {
            throw new Unknown("the name has no address");
        }
        for (InetAddress address : all) {
            if (!config.allowPrivate() && !PublicAddresses.contain(address)) {
                throw new Forbidden();
            }
        }
        try {
            return InetAddress.getByAddress(bare(host), all[0].getAddress());
        } catch (UnknownHostException e) {
            throw new IllegalStateException("every address has 4 or 16 bytes", e);
        }
    }

    private InetAddress[] all(String host, boolean trusted) {
        Callable<InetAddress[]> question = () -> lookup.all(bare(host));
        try {
            Future<InetAddress[]> answer = (trusted ? ofTrusted : ofOthers).submit(question);
            try {
                return answer.get(config.timeout().toMillis(), TimeUnit.MILLISECONDS);
            } finally {
                boolean ignored = answer.cancel(true);
            }
        } catch (RejectedExecutionException e) {
            throw new Unknown("too many names are being looked up");
        } catch (TimeoutException e) {
            throw new Unknown("the name service does not answer");
        } catch (ExecutionException e) {
            throw new Unknown("the name is not known");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Unknown("interrupted");
        }
    }

    /** An IPv6 address stands in brackets in an address of the web. */
    private static String bare(String host) {
        return host.startsWith("[") && host.endsWith("]")
                ? host.substring(1, host.length() - 1)
                : host;
    }

    @Override
    public void close() {
        ofTrusted.shutdownNow();
        ofOthers.shutdownNow();
    }
}
