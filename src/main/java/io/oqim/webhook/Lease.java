package io.oqim.webhook;

/**
 * The right to work for an endpoint, for a while.
 *
 * @param endpoint as it was when the lease was taken
 * @param fence what is written with another one is refused
 * @param failures how often in a row nothing had got through
 * @param proven whether anything ever had
 */
record Lease(Endpoint endpoint, long fence, int failures, boolean proven) {
    /** The same lease, of an endpoint as it is now. */
    Lease with(Endpoint now) {
        return new Lease(now, fence, failures, proven);
    }
}
