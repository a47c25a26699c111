package io.oqim.webhook;

import io.oqim.config.WebhooksConfig;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;

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
    private final Line ofTrusted;
    private final Line ofOthers;

    /** Threads that look names up, and what they are at: a name is asked for once at a time. */
    private record Line(ThreadPoolExecutor threads, ConcurrentMap<String, Question> open) {
        /**
         * Nobody has begun with it, and nobody will: what waits would only be in the way. False
         * when somebody has.
         */
        boolean leave(Question question) {
            if (question.state().compareAndSet(State.WAITING, State.LEFT)) {
                boolean ignored = question.task().cancel(false);
                threads.purge();
                open.remove(question.name(), question);
            }
            return question.state().get() == State.LEFT;
        }
    }

    private enum State {
        WAITING,
        BEGUN,
        LEFT
    }

    /** A name that is being looked up. */
    private record Question(
            String name, FutureTask<InetAddress[]> task, AtomicReference<State> state) {}

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

    /** All threads are held by other names: nothing is known of this one. */
    static final class Busy extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Busy() {
            super("too many names are being looked up", null, false, false);
        }
    }

    Names(WebhooksConfig config, Lookup lookup) {
        this.config = config;
        this.lookup = lookup;
        this.ofTrusted = line("webhook-names-");
        this.ofOthers = line("webhook-names-others-");
    }

    private Line line(String name) {
        return new Line(
                new ThreadPoolExecutor(
                        config.nameThreads(),
                        config.nameThreads(),
                        0,
                        TimeUnit.SECONDS,
                        new ArrayBlockingQueue<>(config.maxInFlight()),
                        Thread.ofPlatform().daemon().name(name, 0).factory(),
                        new ThreadPoolExecutor.AbortPolicy()),
                new ConcurrentHashMap<>());
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
     * @throws Unknown when there is none, or the name service does not say within {@code
     *     webhooks.name-timeout}
     * @throws Busy when nobody could be asked in that time
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
        Line line = trusted ? ofTrusted : ofOthers;
        Question question = ask(bare(host), line);
        try {
            return question.task().get(config.nameTimeout().toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            if (line.leave(question)) {
                throw new Busy();
            }
            throw new Unknown("the name service does not answer");
        } catch (CancellationException e) {
            throw new Busy();
        } catch (ExecutionException e) {
            throw new Unknown("the name is not known");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Unknown("interrupted");
        }
    }

    /** Joins whoever asks the same: a name without an answer holds one thread, not all of them. */
    private Question ask(String name, Line line) {
        AtomicReference<State> state = new AtomicReference<>(State.WAITING);
        FutureTask<InetAddress[]> task =
                new FutureTask<>(
                        () -> {
                            if (!state.compareAndSet(State.WAITING, State.BEGUN)) {
                                throw new CancellationException();
                            }
                            try {
                                return lookup.all(name);
                            } finally {
                                var ignored = line.open().remove(name);
                            }
                        });
        Question mine = new Question(name, task, state);
        Question open = line.open().putIfAbsent(name, mine);
        if (open != null) {
            return open;
        }
        try {
            line.threads().execute(task);
        } catch (RejectedExecutionException e) {
            boolean ignored = line.leave(mine);
            throw new Busy();
        }
        return mine;
    }

    /** An IPv6 address stands in brackets in an address of the web. */
    private static String bare(String host) {
        return host.startsWith("[") && host.endsWith("]")
                ? host.substring(1, host.length() - 1)
                : host;
    }

    @Override
    public void close() {
        ofTrusted.threads().shutdownNow();
        ofOthers.threads().shutdownNow();
    }
}
