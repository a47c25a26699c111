package io.oqim.websocket;

import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.Headers;
import io.helidon.http.Method;
import io.helidon.webserver.http.ServerRequest;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The opening handshake as the server sees it (RFC 6455 section 4.2). */
final class Handshake {
    static final HeaderName PROTOCOL = HeaderNames.create("Sec-WebSocket-Protocol");
    private static final HeaderName KEY = HeaderNames.create("Sec-WebSocket-Key");
    private static final HeaderName VERSION = HeaderNames.create("Sec-WebSocket-Version");
    private static final String ACCEPT_SUFFIX = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

    private Handshake() {}

    /** What is wrong with the request, if anything is. */
    static Optional<Refusal> check(ServerRequest request) {
        Headers headers = request.headers();
        if (!request.prologue().method().equals(Method.GET)) {
            return Optional.of(new Refusal.WrongMethod());
        }
        if (!hasToken(headers, HeaderNames.UPGRADE, "websocket")
                || !hasToken(headers, HeaderNames.CONNECTION, "upgrade")) {
            return Optional.of(new Refusal.NotAnUpgrade());
        }
        if (!headers.all(VERSION, List::of).equals(List.of("13"))) {
            return Optional.of(new Refusal.WrongVersion());
        }
        if (!hasKey(headers)) {
            return malformed("Sec-WebSocket-Key must be 16 bytes in base64.");
        }
        // Its body would be read as frames.
        return request.content().hasEntity()
                ? malformed("An upgrade request must not have a body.")
                : Optional.empty();
    }

    /** The value of Sec-WebSocket-Accept for a request that passed the check. */
    static String accept(Headers headers) {
        String proof = headers.get(KEY).get().strip() + ACCEPT_SUFFIX;
        try {
            byte[] hash =
                    MessageDigest.getInstance("SHA-1")
                            .digest(proof.getBytes(StandardCharsets.US_ASCII));
            return Base64.getEncoder().encodeToString(hash);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-1", e);
        }
    }

    /**
     * The members of a header that is a list, over several lines or one. Split here because Helidon
     * splits at a comma with a space only, and {@code keep-alive,Upgrade} is common.
     */
    static Stream<String> tokens(Headers headers, HeaderName name) {
        return headers.all(name, List::of).stream()
                .flatMap(line -> Stream.of(line.split(",", -1)))
                .map(String::strip)
                .filter(token -> !token.isEmpty());
    }

    private static boolean hasToken(Headers headers, HeaderName name, String token) {
        return tokens(headers, name).anyMatch(token::equalsIgnoreCase);
    }

    private static boolean hasKey(Headers headers) {
        List<String> keys = headers.all(KEY, List::of);
        if (keys.size() != 1 || keys.getFirst().strip().length() != 24) {
            return false;
        }
        try {
            return Base64.getDecoder().decode(keys.getFirst().strip()).length == 16;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static Optional<Refusal> malformed(String detail) {
        return Optional.of(new Refusal.Malformed(detail));
    }
}
