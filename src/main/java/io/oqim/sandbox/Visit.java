package io.oqim.sandbox;

import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/**
 * One request to a bank and its response.
 *
 * @param latestNanos on the monotonic clock; the bank processes it no later
 */
record Visit(ServerRequest request, ServerResponse response, long latestNanos) {
    Fields fields() {
        return Fields.of(body(request));
    }

    /** The fields of a body that carries evidence, which may be larger than others. */
    Fields largeFields() {
        return Fields.of(body(request, Sandbox.MAX_LARGE_BODY_BYTES));
    }

    String query(String name, String standard) {
        return request.query().first(name).orElse(standard);
    }

    String path(String name) {
        return request.path().pathParameters().get(name);
    }

    /** Where the caller found this bank, without a slash at the end. */
    String bankUrl(String bank) {
        String host = request.headers().first(HeaderNames.HOST).orElse("localhost");
        return "http://" + host + "/" + bank;
    }

    static byte[] body(ServerRequest request) {
        return body(request, Sandbox.MAX_BODY_BYTES);
    }

    /** The server reads what the largest body needs; what others may be is known only here. */
    private static byte[] body(ServerRequest request, int most) {
        if (request.headers().contentLength().orElse(0) > most) {
            throw tooLarge(most);
        }
        try (InputStream in = request.content().inputStream()) {
            byte[] body = in.readNBytes(most + 1);
            if (body.length > most) {
                throw tooLarge(most);
            }
            return body;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the request", e);
        }
    }

    private static Refusal tooLarge(int most) {
        return new Refusal(
                413, "body_too_large", "The body has more than " + most + " bytes.", null);
    }
}
