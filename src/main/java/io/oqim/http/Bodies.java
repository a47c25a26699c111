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
    /** How far beyond the largest limit of all a body is read and thrown away. */
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

    /** Takes a part of a body; may block. */
    @FunctionalInterface
    public interface Parts {
        void take(int number, byte[] part);
    }

    /**
     * Hands on the body part by part as it comes, so that no more than one is in memory. What was
     * handed on is void when this throws.
     *
     * @param part bytes of each part but the last
     * @return how many bytes it has
     * @throws Refusal 413 when it is larger than {@code most} bytes, 400 when it is empty or not
     *     what its digest says
     */
    public static long inParts(ServerRequest request, int most, int part, Parts parts) {
        if (!request.content().hasEntity()) {
            throw new Refusal(empty());
        }
        Optional<ContentDigest.Running> digest =
                RequestMessage.field(request.headers(), ContentDigest.NAME)
                        .map(ContentDigest.Running::new);
        long size = 0;
        try (InputStream in = request.content().inputStream()) {
            byte[] some = in.readNBytes(part);
            for (int number = 0; some.length > 0; number++) {
                size += some.length;
                if (size > most) {
                    discard(in);
                    throw new Refusal(tooLarge(most));
                }
                byte[] taken = some;
                digest.ifPresent(running -> running.update(taken));
                parts.take(number, taken);
                some = in.readNBytes(part);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        if (size == 0) {
            throw new Refusal(empty());
        }
        refuse(digest.flatMap(ContentDigest.Running::wrong));
        return size;
    }

    private static Problem empty() {
        return Problem.of(400, "body_required", "This call needs a body.");
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
        refuse(
                RequestMessage.field(request.headers(), ContentDigest.NAME)
                        .flatMap(field -> ContentDigest.wrong(field, body)));
    }

    private static void refuse(Optional<String> digest) {
        digest.ifPresent(
                wrong -> {
                    throw new Refusal(Problem.malformed("wrong_digest", ContentDigest.NAME, wrong));
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
