package io.oqim.sandbox;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How an operation stands, with what belongs to that status.
 *
 * @param hiddenUntil enquiries deny the operation before that time
 */
record Outcome(
        Status status,
        @Nullable Approval approval,
        @Nullable Decline decline,
        @Nullable Plan plan,
        @Nullable Instant hiddenUntil) {

    static Outcome approved() {
        return new Outcome(Status.APPROVED, Approval.random(), null, null, null);
    }

    static Outcome declined(Decline decline) {
        return new Outcome(Status.DECLINED, null, decline, null, null);
    }

    static Outcome open(Status status, Plan plan) {
        return new Outcome(status, null, null, plan, null);
    }

    Outcome voided() {
        return new Outcome(Status.VOIDED, approval, decline, null, null);
    }

    Outcome hiddenUntil(Instant time) {
        return new Outcome(status, approval, decline, plan, time);
    }
}
