package io.oqim.crypto;

import java.util.concurrent.Callable;
import java.util.concurrent.Semaphore;

/**
 * Room on the crypto pool for signatures of requests and answers. It comes on top of what admission
 * has reserved, so that they never take a payment's.
 */
public final class SignatureRoom {
    private final CryptoPool pool;
    private final Semaphore places;

    /**
     * @param most signatures at once; the pool's queue has room for as many more
     */
    public SignatureRoom(CryptoPool pool, int most) {
        this.pool = pool;
        this.places = new Semaphore(most);
    }

    /**
     * Checks something that has just been asked for.
     *
     * @throws CryptoPoolFull when there are too many at once
     */
    public <T> T check(Callable<T> work) {
        if (!places.tryAcquire()) {
            throw new CryptoPoolFull();
        }
        return run(work);
    }

    /** Signs what has been done: waits for a place, since it is not refused any more. */
    public <T> T sign(Callable<T> work) {
        places.acquireUninterruptibly();
        return run(work);
    }

    private <T> T run(Callable<T> work) {
        try {
            return pool.run(work);
        } finally {
            places.release();
        }
    }
}
