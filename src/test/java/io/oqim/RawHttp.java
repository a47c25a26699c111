package io.oqim;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Sends bytes as they are, as no decent client would. */
final class RawHttp {
    private RawHttp() {}

    /** Sends, and reads one answer. */
    static Api.Answer send(int port, byte[] request) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(10_000);
            try {
                socket.getOutputStream().write(request);
                socket.getOutputStream().flush();
            } catch (IOException e) {
                // The server may answer and close before it has read everything.
            }
            return read(socket.getInputStream());
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    static Api.Answer send(int port, String request) {
        return send(port, request.getBytes(StandardCharsets.ISO_8859_1));
    }

    private static Api.Answer read(InputStream in) throws IOException {
        String head = head(in);
        String[] lines = head.split("\r\n", -1);
        Map<String, List<String>> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        for (int i = 1; i < lines.length - 2; i++) {
            int colon = lines[i].indexOf(':');
            headers.put(
                    lines[i].substring(0, colon), List.of(lines[i].substring(colon + 1).strip()));
        }
        int length =
                Integer.parseInt(headers.getOrDefault("Content-Length", List.of("0")).getFirst());
        String body = new String(in.readNBytes(length), StandardCharsets.UTF_8);
        return new Api.Answer(Integer.parseInt(lines[0].substring(9, 12)), headers, body);
    }

    private static String head(InputStream in) throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        try {
            while (!head.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
                int next = in.read();
                if (next < 0) {
                    throw new AssertionError("closed without an answer after: " + head);
                }
                head.write(next);
            }
        } catch (SocketTimeoutException e) {
            throw new AssertionError("no answer", e);
        }
        return head.toString(StandardCharsets.ISO_8859_1);
    }
}
