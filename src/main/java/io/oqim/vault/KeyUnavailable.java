package io.oqim.vault;

/** What was encrypted cannot be read: its key is not here, or it is not what was encrypted. */
public final class KeyUnavailable extends RuntimeException {
    private static final long serialVersionUID = 1L;

    KeyUnavailable(String message, Throwable cause) {
        super(message, cause);
    }

    KeyUnavailable(String message) {
        super(message);
    }
}
