package io.oqim.bank;

import io.oqim.bank.AnswerReader.Unreadable;
import java.util.Locale;

/** Status line and header fields of an answer, as far as they frame it. */
final class AnswerHead {
    private static final long MAX_LENGTH = 1L << 40;

    private final int status;
    private boolean open;
    private boolean chunked;
    private long length = -1;

    private AnswerHead(int status, boolean open) {
        this.status = status;
        this.open = open;
    }

    /** From a status line such as {@code HTTP/1.1 200 OK}. */
    static AnswerHead of(String line) throws Unreadable {
        boolean framed =
                line.startsWith("HTTP/1.")
                        && line.length() >= 12
                        && line.charAt(8) == ' '
                        && (line.length() == 12 || line.charAt(12) == ' ');
        if (!framed) {
            throw new Unreadable("the answer is not HTTP/1");
        }
        long status = digits(line.substring(9, 12));
        if (status < 100) {
            throw new Unreadable("the answer's status is unreadable");
        }
        return new AnswerHead((int) status, line.charAt(7) == '1');
    }

    void add(String line) throws Unreadable {
        int colon = line.indexOf(':');
        if (colon < 1 || line.charAt(0) == ' ' || line.charAt(0) == '\t') {
            throw new Unreadable("a header field is unreadable");
        }
        String value = line.substring(colon + 1).strip();
        switch (line.substring(0, colon).toLowerCase(Locale.ROOT)) {
            case "content-length" -> lengthIs(digits(value));
            case "transfer-encoding" -> encodingIs(value);
            case "connection" -> open = open && !value.toLowerCase(Locale.ROOT).contains("close");
            default -> {
                // Frames nothing.
            }
        }
    }

    private void lengthIs(long given) throws Unreadable {
        if (length >= 0 && length != given) {
            throw new Unreadable("the answer has two lengths");
        }
        length = given;
    }

    private void encodingIs(String value) throws Unreadable {
        if (chunked || !value.equalsIgnoreCase("chunked")) {
            throw new Unreadable("the answer's transfer encoding is unknown");
        }
        chunked = true;
    }

    private static long digits(String text) throws Unreadable {
        if (text.isEmpty()
                || text.length() > 18
                || !text.chars().allMatch(c -> c >= '0' && c <= '9')) {
            throw new Unreadable("a number in the answer's head is unreadable");
        }
        return Math.min(Long.parseLong(text), MAX_LENGTH);
    }

    int status() {
        return status;
    }

    /** Says that the answer is still to come. */
    boolean isInterim() {
        return status < 200;
    }

    boolean hasNoBody() {
        return status == 204 || status == 304;
    }

    boolean isChunked() {
        return chunked;
    }

    /** In bytes; negative when it does not say. */
    long length() {
        return length;
    }

    /** False also when it has a length besides its chunks: somebody may have added one of them. */
    boolean keepsOpen() {
        return open && (hasNoBody() || (chunked ? length < 0 : length >= 0));
    }
}
