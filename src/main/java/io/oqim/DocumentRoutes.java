package io.oqim;

import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.oqim.http.Resource;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/** The contracts, as they lie in the repository. */
final class DocumentRoutes implements HttpService {
    @Override
    public void routing(HttpRules rules) {
        document(rules, "/openapi.yaml");
        document(rules, "/asyncapi.yaml");
    }

    private static void document(HttpRules rules, String path) {
        byte[] content = read(path);
        Resource.at(rules, path)
                .get(
                        (request, response) ->
                                response.header(HeaderNames.CONTENT_TYPE, "application/yaml")
                                        .send(content))
                .done();
    }

    private static byte[] read(String path) {
        try (InputStream in = DocumentRoutes.class.getResourceAsStream(path)) {
            if (in == null) {
                throw new IllegalStateException(path + " is not packaged");
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
