package io.oqim.websocket;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** A client that sends what it is told, byte by byte, and waits at most five seconds. */
final class RawClient implements AutoCloseable {
    static final String KEY = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==";
    static final String VERSION = "Sec-WebSocket-Version: 13";
    static final String UPGRADE = "Upgrade: websocket";
    static final String CONNECTION = "Connection: Upgrade";

    final Socket socket;
    private final DataInputStream in;

    private RawClient(Socket socket) throws IOException {
        this.socket = socket;
        in = new DataInputStream(socket.getInputStream());
    }

    /** A frame from the server; a Close reads as {@code close 1000 reason}. */
    record Frame(int opcode, String payload) {
        int closeCode() {
            return Integer.parseInt(payload.substring(0, 4));
        }
    }

    static RawClient connect(int port) throws IOException {
        return connect(port, new Socket());
    }

    static RawClient connect(int port, Socket socket) throws IOException {
        // Before connecting, so that it counts: a client that does not read fills up soon.
        socket.setReceiveBufferSize(16_384);
        socket.setSoTimeout(5_000);
        socket.setTcpNoDelay(true);
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        return new RawClient(socket);
    }

    /** Connects and opens the WebSocket. */
    static RawClient open(int port) throws IOException {
        return open(port, new Socket());
    }

    static RawClient open(int port, Socket socket) throws IOException {
        RawClient client = connect(port, socket);
        client.request("GET /ws", UPGRADE, CONNECTION, KEY, VERSION);
        String head = client.readHead();
        if (!head.startsWith("HTTP/1.1 101 ")) {
            throw new IOException(head);
        }
        return client;
    }

    void request(String line, String... headers) throws IOException {
        write(requestBytes(line, headers));
    }

    static byte[] requestBytes(String line, String... headers) {
        StringBuilder head = new StringBuilder(line).append(" HTTP/1.1\r\nHost: localhost\r\n");
        for (String header : headers) {
            head.append(header).append("\r\n");
        }
        return head.append("\r\n").toString().getBytes(StandardCharsets.US_ASCII);
    }

    void write(byte[]... parts) throws IOException {
        socket.getOutputStream().write(ClientFrames.joined(parts));
    }

    /** The head of a response; its body, if its length is told, is read and appended. */
    String readHead() throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            head.append((char) in.readUnsignedByte());
        }
        for (String line : head.toString().split("\r\n", -1)) {
            if (line.regionMatches(true, 0, "Content-Length:", 0, 15)) {
                byte[] body = in.readNBytes(Integer.parseInt(line.substring(15).strip()));
                head.append(new String(body, StandardCharsets.UTF_8));
            }
        }
        return head.toString();
    }

    /** Null at the end of the stream. */
    @Nullable Frame readFrame() throws IOException {
        int first = in.read();
        if (first < 0) {
            return null;
        }
        int length = in.readUnsignedByte();
        if (length == 126) {
            length = in.readUnsignedShort();
        } else if (length == 127) {
            length = Math.toIntExact(in.readLong());
        }
        byte[] payload = new byte[length];
        in.readFully(payload);
        return new Frame(first & 0x0F, text(first & 0x0F, payload));
    }

    private static String text(int opcode, byte[] payload) {
        if (opcode != Opcode.CLOSE || payload.length == 0) {
            return new String(payload, StandardCharsets.UTF_8);
        }
        int code = ((payload[0] & 0xFF) << 8) | (payload[1] & 0xFF);
        return code + " " + new String(payload, 2, payload.length - 2, StandardCharsets.UTF_8);
    }

    /** Drops the connection with a reset, as a crash would. */
    void reset() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
