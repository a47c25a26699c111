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

    String path(String name) {
        return request.path().pathParameters().get(name);
    }

    /** Where the caller found this bank, without a slash at the end. */
    String bankUrl(String bank) {
        String host = request.headers().first(HeaderNames.HOST).orElse("localhost");
        return "http://" + host + "/" + bank;
    }

    static byte[] body(ServerRequest request) {
        try (InputStream in = request.content().inputStream()) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the request", e);
        }
    }
}
