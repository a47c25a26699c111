package io.oqim.testing;

import java.io.IOException;

/** What a process can be told from outside. */
public enum Signal {
    /** It stands still with all that it has in hand. */
    STOP,
    /** It goes on as if no time had passed. */
    CONT;

    /** Sends it; returns when it was taken. */
    public void to(ProcessHandle process) throws IOException {
        try {
            int ended =
                    new ProcessBuilder("kill", "-" + name(), Long.toString(process.pid()))
                            .inheritIO()
                            .start()
                            .waitFor();
            if (ended != 0) {
                throw new IOException("kill -" + name() + " failed");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }
}
