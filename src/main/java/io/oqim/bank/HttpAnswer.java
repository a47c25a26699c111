package io.oqim.bank;

/** What became of an HTTP exchange with a bank. */
public sealed interface HttpAnswer {
    /** It answered, within the limit of size. */
    record Answered(int status, byte[] body) implements HttpAnswer {}

    /**
     * No byte of the request left this process.
     *
     * @param tooLate because the time in which it may leave was over, although the bank took the
     *     connection without delay
     */
    record NotSent(String reason, boolean tooLate) implements HttpAnswer {
        public NotSent(String reason) {
            this(reason, false);
        }
    }

    /** Bytes may have left, and no whole answer came. */
    record Lost(String reason) implements HttpAnswer {}
}
