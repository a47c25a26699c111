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
    private final AtomicReference<String> tenant;

    private final BiConsumer<String, String> answer;
    private final Span span;

    /** A scope whose answer has no headers. */
    public Scope(String requestId) {
        this(requestId, (name, value) -> {});
    }

    /**
     * @param answer takes headers of the answer, by name and value
     */
    public Scope(String requestId, BiConsumer<String, String> answer) {
        this(requestId, new AtomicReference<>(""), answer, Span.NONE);
    }

    private Scope(
            String requestId,
            AtomicReference<String> tenant,
            BiConsumer<String, String> answer,
            Span span) {
        this.requestId = requestId;
        this.tenant = tenant;
        this.answer = answer;
        this.span = span;
    }

    /** The scope of this thread; an empty one outside of requests. */
    public static Scope current() {
        return CURRENT.orElse(NONE);
    }

    /** Runs work within this scope; also on another thread than the request's own. */
    public void run(Runnable work) {
        ScopedValue.where(CURRENT, this).run(work);
    }

    /** Runs work that this span is for. */
    public void within(Span part, Runnable work) {
        new Scope(requestId, tenant, answer, part).run(work);
    }

    /** The same for work that has a result. */
    public <T, E extends Exception> T within(Span part, ScopedValue.CallableOp<T, E> work)
            throws E {
        return part == Span.NONE
                ? work.call()
                : ScopedValue.where(CURRENT, new Scope(requestId, tenant, answer, part)).call(work);
    }

    /** What is at work, for the collector. */
    public Span span() {
        return span;
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
