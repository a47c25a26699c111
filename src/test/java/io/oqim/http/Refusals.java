package io.oqim.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.assertj.core.api.Assertions;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** Problems that calls end with. */
public final class Refusals {
    private Refusals() {}

    /** The problem that the call is refused with. */
    public static Problem problem(ThrowingCallable call) {
        Throwable thrown = Assertions.catchThrowable(call);
        assertThat(thrown).isInstanceOf(Refusal.class);
        return ((Refusal) thrown).problem();
    }
}
