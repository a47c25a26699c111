package io.oqim.http;

import io.oqim.crypto.CryptoPoolFull;
import io.oqim.store.JournalFull;
import io.oqim.store.StoreException;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What callers are told of what went wrong on this side. */
public final class Failures {
    private static final Logger LOG = LoggerFactory.getLogger(Failures.class);

    private Failures() {}

    /** The problem of an exception; one that should not have been is logged. */
    public static Problem problem(RuntimeException e) {
        return switch (e) {
            case Refusal refusal -> refusal.problem();
            case StoreException store -> unavailable("the database", store);
            case JournalFull full -> unavailable("the journal", full);
            case CryptoPoolFull full -> unavailable("the crypto pool", full);
            default -> {
                LOG.error("request failed", e);
                yield Problem.of(
                        500, "internal_error", "Something is wrong here; it was recorded.");
            }
        };
    }

    private static Problem unavailable(String what, RuntimeException e) {
        LOG.warn("{} is not available: {}", what, e.getMessage());
        return Problem.busy(
                "temporarily_unavailable",
                "Not available: " + what + ". Try again.",
                Duration.ofSeconds(1));
    }
}
