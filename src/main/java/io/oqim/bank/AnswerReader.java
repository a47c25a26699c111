package io.oqim.bank;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Reads one answer from a connection, as HTTP/1.1 frames it (RFC 9112, sections 4 to 7), and never
 * more than the limit. What is not framed beyond doubt is an error, because an answer that is read
 * wrong would be believed.
 */
final class AnswerReader {
    private static final int FIRST_BUFFER = 1024;
    private static final int MAX_LINE = 8192;

    private final BankConnection connection;
    private final int most;
    private byte[] buffer = new byte[FIRST_BUFFER];
    private int position;
    private int end;
    private int seen;

    /**
     * @param most bytes of head and of body
     */
    AnswerReader(BankConnection connection, int most) {
        this.connection = connection;
        this.most = most;
    }

    /**
     * An answer.
     *
     * @param reusable whether the connection may be used for another call
     */
    record Read(int status, byte[] body, boolean reusable) {}

    /** It is framed in a way that cannot be understood, or is larger than the limit. */
    static final class Unreadable extends IOException {
        private static final long serialVersionUID = 1L;

        Unreadable(String message) {
            super(message);
        }
    }

    Read read() throws IOException {
        AnswerHead head = head();
        while (head.isInterim()) {
            head = head();
        }
        byte[] body = body(head);
        boolean reusable = head.keepsOpen() && position == end;
        return new Read(head.status(), body, reusable);
    }

    private AnswerHead head() throws IOException {
        AnswerHead head = AnswerHead.of(line());
        String field = line();
        while (!field.isEmpty()) {
            head.add(field);
            field = line();
        }
        return head;
    }

    private byte[] body(AnswerHead head) throws IOException {
        if (head.hasNoBody()) {
            return new byte[0];
        }
        if (head.isChunked()) {
            return chunks();
        }
        if (head.length() >= 0) {
            return exactly(head.length());
        }
        return untilClosed();
    }

    private byte[] exactly(long length) throws IOException {
        if (length > most) {
            throw tooLarge();
        }
        byte[] body = new byte[(int) length];
        int filled = Math.min(body.length, end - position);
        System.arraycopy(buffer, position, body, 0, filled);
        position += filled;
        while (filled < body.length) {
            filled += connection.read(body, filled);
        }
        return body;
    }

    private byte[] chunks() throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        int size = chunkSize(line());
        while (size > 0) {
            if (size > most - body.size()) {
                throw tooLarge();
            }
            body.write(exactly(size));
            if (!line().isEmpty()) {
                throw new Unreadable("a chunk is longer than it says");
            }
            size = chunkSize(line());
        }
        // Trailers say nothing that is needed.
        while (!line().isEmpty()) {}
        return body.toByteArray();
    }

    /** Hexadecimal, and nothing that could be read in two ways. */
    private int chunkSize(String line) throws Unreadable {
        String digits = line.split(";", 2)[0].strip();
        if (!digits.matches("[0-9A-Fa-f]{1,7}")) {
            throw new Unreadable("a chunk's size is unreadable");
        }
        return Integer.parseInt(digits, 16);
    }

    private byte[] untilClosed() throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        try {
            while (true) {
                body.write(buffer, position, end - position);
                if (body.size() > most) {
                    throw tooLarge();
                }
                position = 0;
                end = 0;
                fill();
            }
        } catch (EOFException e) {
            return body.toByteArray();
        }
    }

    /** Up to CR LF, or LF alone, without it. */
    private String line() throws IOException {
        int scanned = position;
        while (true) {
            for (int i = scanned; i < end; i++) {
                if (buffer[i] == '\n') {
                    int last = i > position && buffer[i - 1] == '\r' ? i - 1 : i;
                    String line =
                            new String(
                                    buffer, position, last - position, StandardCharsets.ISO_8859_1);
                    seen += i + 1 - position;
                    position = i + 1;
                    return line;
                }
            }
            if (end - position > MAX_LINE || seen + end - position > most + MAX_LINE) {
                throw tooLarge();
            }
            scanned = end - position;
            fill();
        }
    }

    /** Waits for more bytes, behind those that are there, which move to the front. */
    private void fill() throws IOException {
        if (position > 0) {
            System.arraycopy(buffer, position, buffer, 0, end - position);
            end -= position;
            position = 0;
        }
        if (end == buffer.length) {
            buffer = Arrays.copyOf(buffer, 2 * buffer.length);
        }
        end += connection.read(buffer, end);
    }

    private Unreadable tooLarge() {
        return new Unreadable("the answer is larger than " + most + " bytes");
    }
}
