package io.oqim.webhook;

/** What was to be written was not, because it is not this run's any more. */
final class LeaseLost extends RuntimeException {
    private static final long serialVersionUID = 1L;

    LeaseLost() {
        super("the lease is lost", null, false, false);
    }
}
