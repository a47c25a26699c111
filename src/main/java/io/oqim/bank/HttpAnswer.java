package io.oqim.bank;

/** What became of an HTTP exchange with a bank. */
public sealed interface HttpAnswer {
    /** It answered, within the limit of size. */
    record Answered(int status, byte[] body) implements HttpAnswer {}

    /** No byte of the request left this process. */
    record NotSent(String reason) implements HttpAnswer {}

    /** Bytes may have left, and no whole answer came. */
    record Lost(String reason) implements HttpAnswer {}
}
