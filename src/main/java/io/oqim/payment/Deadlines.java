package io.oqim.payment;

import io.oqim.config.ResolverConfig;
import io.oqim.merchant.Policy;
import java.time.Duration;

/** How long an outcome may be in doubt, and whose late outcome is not wanted: by tenant. */
final class Deadlines {
    private Deadlines() {}

    /** Whether what was not decided when the caller was answered is to be undone. */
    static boolean unwantedLater(Open open) {
        return open.policy().onDeadline() == Policy.OnDeadline.REVERSE
                && open.operation().kind().opens();
    }

    /** How long it may be in doubt. */
    static Duration patience(Open open, ResolverConfig config) {
        return unwantedLater(open)
                ? Duration.ZERO
                : open.policy().resolveWithin().orElse(config.resolveBy());
    }
}
