package io.oqim.stream;

/** Somebody who reads a log as it grows. */
interface Follower {
    /** There may be more to read. Called by whoever has written it: must not block. */
    void wake();
}
