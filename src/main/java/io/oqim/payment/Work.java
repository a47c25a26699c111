package io.oqim.payment;

import io.oqim.concurrent.Wait;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The work on one idempotency key in this process, and the requests that wait for it.
 *
 * <p>Who waits may leave at any time. That ends the waiting, never the work; only when the last one
 * leaves before anything was sent, nothing will be.
 */
final class Work {
    private enum Phase {
        /** Nothing of it has left; as long as it stays here, nothing will. */
        PREPARING,
        /** Bytes may have left. */
        SENDING,
        /** It proved unsent, and nothing more will leave; the key is opened again. */
        UNSENT,
        /** Another process has the key; what it sent is for it to say. */
        FOLLOWING,
        /** Nobody waits any longer, and nothing will leave. */
        ABANDONED
    }

    private final byte[] fingerprint;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition ended = lock.newCondition();
    private Phase phase = Phase.PREPARING;
    private int waiting = 1;
    private @Nullable Supplier<Answer.Given> stored;
    private boolean told;
    private int tries = 1;
    private final ReentrantLock keeping = new ReentrantLock();
    private Answer.@Nullable Given kept;
    private @Nullable Answer answer;

    /** Begun by a request, which is the first that waits. */
    Work(byte[] fingerprint) {
        this.fingerprint = fingerprint;
    }

    /** What there is to say to somebody who does not wait any longer. */
    sealed interface Outlook {
        /** It has ended so. */
        record Ended(Answer answer) implements Outlook {}

        /** Nothing has left, and nothing will. */
        record Abandoned() implements Outlook {}

        /** It goes on, and this much is on disk. */
        record GoesOn(Answer.Given stored) implements Outlook {}

        /** It goes on, and nothing can be said yet. */
        record Unknown() implements Outlook {}
    }

    /** One more waits, unless it is at work for another request. */
    boolean enter(byte[] another) {
        if (!MessageDigest.isEqual(fingerprint, another)) {
            return false;
        }
        lock.lock();
        try {
            waiting++;
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Waits for the end, up to {@code patience}, and leaves. */
    Outlook await(Duration patience) throws InterruptedException {
        lock.lock();
        try {
            boolean ignored = Wait.until(() -> answer != null, lock, ended, patience);
            return outlook();
        } finally {
            waiting--;
            lock.unlock();
        }
    }

    private Outlook outlook() {
        if (answer != null) {
            return new Outlook.Ended(answer);
        }
        return switch (phase) {
            case PREPARING -> {
                if (waiting > 1) {
                    yield new Outlook.Unknown();
                }
                phase = Phase.ABANDONED;
                yield new Outlook.Abandoned();
            }
            case SENDING -> {
                if (stored == null) {
                    yield new Outlook.Unknown();
                }
                told = true;
                yield new Outlook.GoesOn(stored.get());
            }
            case UNSENT, FOLLOWING -> new Outlook.Unknown();
            case ABANDONED -> new Outlook.Abandoned();
        };
    }

    /** Whether anybody still waits. */
    boolean wanted() {
        lock.lock();
        try {
            return waiting > 0;
        } finally {
            lock.unlock();
        }
    }

    /** The payment is on disk; until more is known, this is what there is to say. */
    void stored(Answer.Given interim) {
        stored(() -> interim);
    }

    /** The same, made only if somebody has to be told. */
    void stored(Supplier<Answer.Given> interim) {
        lock.lock();
        try {
            stored = interim;
        } finally {
            lock.unlock();
        }
    }

    /** Whether somebody left with what was stored, so that the key may answer that from now on. */
    boolean told() {
        lock.lock();
        try {
            return told;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Stores what is said to those who leave, once: however many leave, they get the same.
     *
     * @param store may take a while; the others wait for it
     */
    Answer.Given kept(Supplier<Answer.Given> store) {
        keeping.lock();
        try {
            Answer.Given answerOfAll = kept == null ? store.get() : kept;
            kept = answerOfAll;
            return answerOfAll;
        } finally {
            keeping.unlock();
        }
    }

    /** False when nobody waited any longer: then no byte may leave. */
    boolean maySend() {
        return move(Phase.PREPARING, Phase.SENDING);
    }

    /**
     * The call proved unsent. False when somebody was told that it goes on: then nobody will come
     * back for it, and it must end.
     */
    boolean unsent() {
        lock.lock();
        try {
            if (!told) {
                phase = Phase.UNSENT;
            }
            return !told;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Whether to try once more, as somebody who waits would.
     *
     * @param most tries in all
     */
    boolean again(int most) {
        lock.lock();
        try {
            boolean nothingLeft = phase == Phase.UNSENT || phase == Phase.PREPARING;
            if (!nothingLeft || waiting == 0 || tries >= most) {
                return false;
            }
            tries++;
            phase = Phase.PREPARING;
            // Nobody is at work on what the last try has stored.
            stored = null;
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** The key is another process's; false when nobody waited any longer. */
    boolean follows() {
        return move(Phase.PREPARING, Phase.FOLLOWING);
    }

    /**
     * The key came back to this process, and nothing of it has left; false when nobody waits any
     * longer, and nothing will.
     */
    boolean prepares() {
        lock.lock();
        try {
            if (phase != Phase.FOLLOWING) {
                return phase == Phase.PREPARING;
            }
            phase = waiting == 0 ? Phase.ABANDONED : Phase.PREPARING;
            return waiting > 0;
        } finally {
            lock.unlock();
        }
    }

    private boolean move(Phase from, Phase to) {
        lock.lock();
        try {
            if (phase != from) {
                return false;
            }
            phase = to;
            return true;
        } finally {
            lock.unlock();
        }
    }

    void end(Answer result) {
        lock.lock();
        try {
            answer = result;
            ended.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** What is true after a fault of our own, whatever the work had come to. */
    Answer whatIsKnown() {
        lock.lock();
        try {
            if (stored != null) {
                return stored.get();
            }
            return new Answer.Refused(
                    phase == Phase.FOLLOWING
                            ? Refusals.inUse()
                            : Refusals.unavailable("an internal part"));
        } finally {
            lock.unlock();
        }
    }
}
