package io.oqim.vault;

/**
 * The port to whoever holds key-encryption keys: this process, out of a file, or a service that
 * never hands them out.
 *
 * <p>Both methods may block for as long as that service takes.
 */
interface KeyEncryption {
    /**
     * A data key that only its key-encryption key opens.
     *
     * @param kek the name of that key
     */
    record Wrapped(String kek, byte[] bytes) {}

    /** The name of the key that wraps now. */
    String current();

    /**
     * Wraps with the current key.
     *
     * @param context what has to be given again to unwrap it
     */
    Wrapped wrap(byte[] dataKey, byte[] context);

    /**
     * The data key again.
     *
     * @throws KeyUnavailable when its key-encryption key is not here, or this was not wrapped by it
     */
    byte[] unwrap(Wrapped wrapped, byte[] context);
}
