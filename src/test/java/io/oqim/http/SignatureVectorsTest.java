package io.oqim.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.oqim.crypto.Hashes;
import io.oqim.crypto.SigningKey;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import java.util.stream.Stream;
import org.greenbytes.http.sfv.Parser;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The examples of RFC 9421, appendix B.2, by keys of appendix B.1. */
class SignatureVectorsTest {
    private static final JsonObject ALL = read();

    static Stream<JsonObject> cases() {
        return ALL.getJsonArray("cases").getValuesAs(JsonObject.class).stream();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void theBaseIsThatOfTheRfcAndItsSignatureIsGood(JsonObject example) throws Exception {
        byte[] base =
                SignedBytes.of(
                        Parser.parseInnerList(example.getString("input")),
                        message(example.getString("message")));

        assertThat(new String(base, StandardCharsets.UTF_8)).isEqualTo(example.getString("base"));
        byte[] signature = Base64.getDecoder().decode(example.getString("signature"));
        byte[] key = Base64.getDecoder().decode(example.getString("key"));
        assertThat(isGood(example.getString("algorithm"), key, base, signature)).isTrue();
        base[0]++;
        assertThat(isGood(example.getString("algorithm"), key, base, signature)).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"request", "answer"})
    void theDigestsOfItsMessagesAreRight(String message) {
        String digest =
                ALL.getJsonObject(message).getJsonObject("fields").getString("content-digest");
        byte[] body = ALL.getJsonObject(message).getString("body").getBytes(StandardCharsets.UTF_8);

        assertThat(ContentDigest.wrong(digest, body)).isEmpty();
        assertThat(ContentDigest.wrong(ContentDigest.of(body), body)).isEmpty();
        body[0]++;
        assertThat(ContentDigest.wrong(digest, body)).isPresent();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:                | true
                    md5=:AAAA:, sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:    | true
                    sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:, sha-512=:AA==: | false
                    md5=:AAAA:                                                            | false
                    sha-256="X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE="                | false
                    sha-256                                                               | false
                    not a dictionary!                                                     | false
                    """)
    void allDigestsThatAreKnownHaveToBeRightAndOneHasToBeKnown(String field, boolean right) {
        byte[] body = "{\"hello\": \"world\"}".getBytes(StandardCharsets.UTF_8);

        assertThat(ContentDigest.wrong(field, body).isEmpty()).isEqualTo(right);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    ("@method" "@method")
                    ("@status")
                    ("@nothing")
                    ("x-nothing")
                    ("@method";req)
                    ("@method";tr)
                    ("content-digest";sf)
                    ("@query-param";name="none")
                    (method)
                    """)
    void whatTheMessageLacksOrNobodyKnowsCannotBeSigned(String input) {
        assertThatThrownBy(() -> SignedBytes.of(Parser.parseInnerList(input), message("request")))
                .isInstanceOf(SignedBytes.Unsuitable.class);
    }

    @Test
    void anAnswerCanSpeakOfItsRequest() throws Exception {
        byte[] base =
                SignedBytes.of(
                        Parser.parseInnerList("(\"@status\" \"@method\";req \"@path\";req)"),
                        new Example(ALL.getJsonObject("answer"), Optional.of(message("request"))));

        assertThat(new String(base, StandardCharsets.UTF_8))
                .startsWith("\"@status\": 200\n\"@method\";req: POST\n\"@path\";req: /foo\n");
    }

    private static boolean isGood(String algorithm, byte[] key, byte[] base, byte[] signature)
            throws GeneralSecurityException {
        return switch (algorithm) {
            case "hmac-sha256" -> Arrays.equals(Hashes.hmac(key, base), signature);
            case "ed25519" ->
                    SigningKey.verify(
                            Arrays.copyOfRange(key, key.length - 32, key.length), base, signature);
            case "rsa-pss-sha512" -> {
                Signature verifier = Signature.getInstance("RSASSA-PSS");
                verifier.setParameter(
                        new PSSParameterSpec("SHA-512", "MGF1", MGF1ParameterSpec.SHA512, 64, 1));
                yield isGood(verifier, key("RSA", key), base, signature);
            }
            case "ecdsa-p256-sha256" ->
                    isGood(
                            Signature.getInstance("SHA256withECDSAinP1363Format"),
                            key("EC", key),
                            base,
                            signature);
            default -> throw new IllegalArgumentException(algorithm);
        };
    }

    private static boolean isGood(Signature verifier, PublicKey key, byte[] base, byte[] signature)
            throws GeneralSecurityException {
        verifier.initVerify(key);
        verifier.update(base);
        return verifier.verify(signature);
    }

    private static PublicKey key(String algorithm, byte[] encoded) throws GeneralSecurityException {
        return KeyFactory.getInstance(algorithm).generatePublic(new X509EncodedKeySpec(encoded));
    }

    private static SignedMessage message(String name) {
        return new Example(ALL.getJsonObject(name), Optional.empty());
    }

    private record Example(JsonObject json, Optional<SignedMessage> request)
            implements SignedMessage {
        @Override
        public Optional<String> method() {
            return text("method");
        }

        @Override
        public Optional<String> authority() {
            return text("authority");
        }

        @Override
        public Optional<String> path() {
            return text("path");
        }

        @Override
        public Optional<String> query() {
            return text("query");
        }

        @Override
        public Optional<Integer> status() {
            return json.containsKey("status")
                    ? Optional.of(json.getInt("status"))
                    : Optional.empty();
        }

        @Override
        public Optional<String> field(String name) {
            return Optional.ofNullable(json.getJsonObject("fields").getString(name, null));
        }

        private Optional<String> text(String name) {
            return Optional.ofNullable(json.getString(name, null));
        }
    }

    private static JsonObject read() {
        try (var in = Files.newInputStream(Path.of("src/test/resources/rfc9421-b2.json"));
                var reader = Json.createReader(in)) {
            return reader.readObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
