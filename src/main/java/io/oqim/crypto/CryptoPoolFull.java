package io.oqim.crypto;

/** The crypto pool's queue is full: refuse now. */
public final class CryptoPoolFull extends RuntimeException {
    private static final long serialVersionUID = 1L;

    CryptoPoolFull() {
        super("the queue of the crypto pool is full");
    }
}
