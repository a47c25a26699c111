package io.oqim.observe;

import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;

/**
 * The request that a thread works for: its id, and its tenant once that is known. Every line of the
 * log that is written meanwhile has both ({@link ScopedLogEncoder}).
 */
public final class Scope {
    private static final ScopedValue<Scope> CURRENT = ScopedValue.newInstance();
    private static final Scope NONE = new Scope("");

    private final String requestId;
    private final AtomicReference<String> tenant = new AtomicReference<>("");

    private final BiConsumer<String, String> answer;

    /** A scope whose answer has no headers. */
    public Scope(String requestId) {
        this(requestId, (name, value) -> {});
    }

    /**
     * @param answer takes headers of the answer, by name and value
     */
    public Scope(String requestId, BiConsumer<String, String> answer) {
        this.requestId = requestId;
        this.answer = answer;
    }

    /** The scope of this thread; an empty one outside of requests. */
    public static Scope current() {
        return CURRENT.orElse(NONE);
    }

    /** Runs work within this scope; also on another thread than the request's own. */
    public void run(Runnable work) {
        ScopedValue.where(CURRENT, this).run(work);
    }

    /** The id, or an empty text outside of requests. */
    public String requestId() {
        return requestId;
    }

    /** Puts a header into the answer, if it has headers; for the request's own thread. */
    public void say(String name, String value) {
        answer.accept(name, value);
    }

    /** The tenant's number, or an empty text as long as it is not known. */
    public String tenant() {
        return tenant.get();
    }

    /** The request is this tenant's. */
    public void of(long number) {
        if (!requestId.isEmpty()) {
            tenant.set(Long.toString(number));
        }
    }
}
