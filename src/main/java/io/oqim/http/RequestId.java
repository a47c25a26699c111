package io.oqim.http;

import io.oqim.store.TypeId;

/**
 * The id of the request at hand: in every answer, every problem and every line of the log about it.
 */
public final class RequestId {
    private static final ScopedValue<String> CURRENT = ScopedValue.newInstance();

    private RequestId() {}

    static String next() {
        return TypeId.text("req", TypeId.next());
    }

    static ScopedValue.Carrier carry(String id) {
        return ScopedValue.where(CURRENT, id);
    }

    /** The id, or an empty text outside a request. */
    public static String current() {
        return CURRENT.orElse("");
    }
}
