package io.oqim.merchant;

import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.oqim.http.Answers;
import io.oqim.http.Json;
import io.oqim.http.Resource;
import java.util.Base64;

/** {@code GET /v1/signature_key}: with what answers are signed that ask for it. */
public final class SignatureRoutes implements HttpService {
    private final Authentication authentication;

    public SignatureRoutes(Authentication authentication) {
        this.authentication = authentication;
    }

    @Override
    public void routing(HttpRules rules) {
        Resource.at(rules, "/v1/signature_key").get(this::read).done();
    }

    private void read(ServerRequest request, ServerResponse response) {
        var ignored = authentication.tenant(request, KeyScope.READ);
        AnswerSignatures answers = authentication.answers();
        Answers.json(
                response,
                200,
                Json.bytes(
                        out -> {
                            out.writeStartObject();
                            out.write("id", answers.keyId());
                            out.write("object", "signature_key");
                            out.write("algorithm", SignatureKey.Algorithm.ED25519.text());
                            out.write(
                                    "public_key",
                                    Base64.getEncoder().encodeToString(answers.publicKey()));
                            out.writeEnd();
                        }));
    }
}
