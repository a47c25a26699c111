package io.oqim.sandbox;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What the bank makes of an operation once it processes it. */
sealed interface Decision {
    Decision APPROVE = new Approve(false);

    /**
     * Approved at once.
     *
     * @param staleCallback the callback is sent although the reply told it all, and once more with
     *     an outdated status after it
     */
    record Approve(boolean staleCallback) implements Decision {}

    record Refuse(Decline decline) implements Decision {}

    /**
     * Decided later.
     *
     * @param verdict the decline it becomes, or null when it will be approved
     * @param callback whether the caller is told
     */
    record Wait(Duration length, @Nullable Decline verdict, boolean callback) implements Decision {}

    /** The cardholder decides on the bank's page, within some time. */
    record Challenge(Duration length) implements Decision {}
}
