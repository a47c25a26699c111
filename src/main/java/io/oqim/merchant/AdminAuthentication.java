package io.oqim.merchant;

import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;
import io.oqim.config.Secret;
import io.oqim.crypto.Hashes;
import io.oqim.http.Problem;
import io.oqim.http.Refusal;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

/** Who may use the admin API. */
public final class AdminAuthentication {
    private final byte[] keyHash;

    public AdminAuthentication(Secret adminKey) {
        this.keyHash = Hashes.sha256(adminKey.reveal().getBytes(StandardCharsets.UTF_8));
    }

    /**
     * The admin key, compared in constant time.
     *
     * @throws Refusal 401 without it
     */
    public void check(ServerRequest request) {
        boolean good =
                request.headers()
                        .first(HeaderNames.AUTHORIZATION)
                        .filter(header -> header.regionMatches(true, 0, "Bearer ", 0, 7))
                        .map(
                                header ->
                                        Hashes.sha256(
                                                header.substring(7)
                                                        .strip()
                                                        .getBytes(StandardCharsets.UTF_8)))
                        .map(hash -> MessageDigest.isEqual(hash, keyHash))
                        .orElse(false);
        if (!good) {
            throw new Refusal(
                    Problem.of(
                            401,
                            "unauthenticated",
                            "Send the admin key as 'Authorization: Bearer ...'."));
        }
    }
}
