package io.oqim.http;

import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.Locale;
import java.util.Optional;

/** Reads request bodies within their limit. */
public final class Bodies {
    /** How far beyond its limit a body is read and thrown away. */
    public static final int DISCARD_MOST = 262_144;

    private Bodies() {}

    /**
     * The JSON object in the body.
     *
     * @throws Refusal 413 when it is larger than {@code most} bytes, 415 when it is not declared as
     *     JSON, 400 when it cannot be read
     */
    public static JsonFields json(ServerRequest request, int most) {
        Optional<String> type = request.headers().first(HeaderNames.CONTENT_TYPE);
        if (!type.map(Bodies::isJson).orElse(false)) {
            throw new Refusal(
                    Problem.of(
                                    415,
                                    "unsupported_media_type",
                                    "Send the body as 'Content-Type: application/json'.")
                            .about("Content-Type"));
        }
        return Json.object(bytes(request, most));
    }

    /** The same, and an empty object when there is no body. */
    public static JsonFields optionalJson(ServerRequest request, int most) {
        return request.content().hasEntity() ? json(request, most) : Json.none();
    }

    private static byte[] bytes(ServerRequest request, int most) {
        if (!request.content().hasEntity()) {
            return new byte[0];
        }
        try (InputStream in = request.content().inputStream()) {
            byte[] body = in.readNBytes(most + 1);
            if (body.length > most) {
                discard(in);
                throw new Refusal(tooLarge(most));
            }
            check(request, body);
            return body;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Whoever sends a digest wants to know that the body came as it was. */
    static void check(ServerRequest request, byte[] body) {
        RequestMessage.field(request.headers(), ContentDigest.NAME)
                .flatMap(field -> ContentDigest.wrong(field, body))
                .ifPresent(
                        wrong -> {
                            throw new Refusal(
                                    Problem.malformed("wrong_digest", ContentDigest.NAME, wrong));
                        });
    }

    /**
     * Reads on, so that the answer reaches a client that is still sending: closing a connection on
     * bytes that nobody read resets it. Helidon refuses what is longer than this by its length.
     */
    private static void discard(InputStream in) throws IOException {
        long ignored = in.transferTo(OutputStream.nullOutputStream());
    }

    static Problem tooLarge(int most) {
        return Problem.of(413, "body_too_large", "The body may have at most " + most + " bytes.");
    }

    private static boolean isJson(String type) {
        String media = type.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
        return media.equals("application/json")
                || (media.endsWith("+json") && media.startsWith("application/"));
    }
}
