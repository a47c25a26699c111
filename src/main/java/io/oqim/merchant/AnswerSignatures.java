package io.oqim.merchant;

import io.oqim.crypto.Hashes;
import io.oqim.crypto.SignatureRoom;
import io.oqim.crypto.SigningKey;
import io.oqim.http.Problem;
import io.oqim.http.Refusal;
import io.oqim.http.Seal;
import io.oqim.http.SignedBytes;
import io.oqim.http.SignedMessage;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.greenbytes.http.sfv.InnerList;
import org.greenbytes.http.sfv.Item;
import org.greenbytes.http.sfv.ListElement;
import org.greenbytes.http.sfv.Parameters;
import org.greenbytes.http.sfv.ParseException;
import org.greenbytes.http.sfv.Parser;
import org.greenbytes.http.sfv.StringItem;

/**
 * Signs answers for those who ask for it by {@code Accept-Signature} (RFC 9421 section 5): with a
 * key of Oqim's, or with the tenant's own for HMAC.
 */
final class AnswerSignatures {
    private static final String FIELD = "Accept-Signature";

    /** What every answer has that is signed, besides what its request has. */
    private static final Set<String> OF_ANSWERS =
            Set.of("@status", "content-digest", "content-type", "request-id");

    private final SignatureRoom room;
    private final Hashes hashes;
    private final SigningKey own;
    private final String ownId;

    AnswerSignatures(SignatureRoom room, Hashes hashes) {
        this.room = room;
        this.hashes = hashes;
        this.own = SigningKey.of(hashes.secret("oqim answer signature v1", new UUID(0, 0)));
        this.ownId = "oqim-" + HexFormat.of().formatHex(Hashes.sha256(own.publicKey()), 0, 8);
    }

    /** As signatures name the key of Oqim's. */
    String keyId() {
        return ownId;
    }

    byte[] publicKey() {
        return own.publicKey();
    }

    /**
     * What signs the answer, if its request asks for that.
     *
     * @param keys the tenant's good ones
     * @throws Refusal 400 {@code invalid_accept_signature} when it cannot be signed so
     */
    Optional<Seal> wanted(SignedMessage request, List<SignatureKey> keys) {
        return request.field("accept-signature").map(field -> wanted(field, request, keys));
    }

    private Seal wanted(String field, SignedMessage request, List<SignatureKey> keys) {
        Map<String, ListElement<?>> asked;
        try {
            asked = Parser.parseDictionary(field).get();
        } catch (ParseException e) {
            throw invalid("It cannot be read.");
        }
        if (asked.size() != 1
                || !(asked.values().iterator().next() instanceof InnerList components)) {
            throw invalid("It must ask for one signature, by a list of components.");
        }
        components.get().forEach(component -> possible(component, request));
        Optional<SignatureKey> key = key(components.getParams(), keys);
        return new Pressed(asked.keySet().iterator().next(), components, key, request);
    }

    /** The tenant's key that it names; empty for Oqim's. */
    private Optional<SignatureKey> key(Parameters asked, List<SignatureKey> keys) {
        String id = asked.get("keyid") instanceof StringItem text ? text.get() : ownId;
        String algorithm = asked.get("alg") instanceof StringItem text ? text.get() : "";
        Optional<SignatureKey> key =
                id.equals(ownId)
                        ? Optional.empty()
                        : keys.stream()
                                .filter(one -> one.keyId().equals(id))
                                .filter(
                                        one ->
                                                one.algorithm()
                                                        == SignatureKey.Algorithm.HMAC_SHA256)
                                .findAny();
        if (key.isEmpty() && !id.equals(ownId)) {
            throw invalid(
                    "keyid must be a signature key of this merchant for hmac-sha256, or "
                            + ownId
                            + ".");
        }
        String made =
                key.map(SignatureKey::algorithm).orElse(SignatureKey.Algorithm.ED25519).text();
        if (!algorithm.isEmpty() && !algorithm.equals(made)) {
            throw invalid("The key '" + id + "' is for " + made + ", not " + algorithm + ".");
        }
        return key;
    }

    private static void possible(Item<?> component, SignedMessage request) {
        boolean good =
                component instanceof StringItem name
                        && (name.getParams().isEmpty()
                                ? OF_ANSWERS.contains(name.get())
                                : name.getParams().keySet().equals(Set.of("req"))
                                        && request.component(name.get()).isPresent());
        if (!good) {
            throw invalid(
                    component.serialize()
                            + " is not in every answer. "
                            + String.join(", ", OF_ANSWERS.stream().sorted().toList())
                            + " are, and with ;req what the request has.");
        }
    }

    private static Refusal invalid(String why) {
        return new Refusal(Problem.malformed("invalid_accept_signature", FIELD, why));
    }

    /** One signature, of one answer. */
    private final class Pressed implements Seal {
        private final String label;
        private final InnerList components;
        private final Optional<SignatureKey> key;
        private final SignedMessage request;

        Pressed(
                String label,
                InnerList components,
                Optional<SignatureKey> key,
                SignedMessage request) {
            this.label = label;
            this.components = components;
            this.key = key;
            this.request = request;
        }

        @Override
        public SignedMessage request() {
            return request;
        }

        @Override
        public Map<String, String> fields(SignedMessage answer) {
            InnerList covered = components.withParams(parameters());
            byte[] base;
            try {
                base = SignedBytes.of(covered, answer);
            } catch (SignedBytes.Unsuitable e) {
                // An answer without a body has no type: it goes without a signature.
                return Map.of();
            }
            byte[] signature =
                    key.isPresent()
                            ? Hashes.hmac(SignatureKey.secret(hashes, key.get().id()), base)
                            : room.sign(() -> own.sign(base));
            return Map.of(
                    "Signature-Input",
                    label + "=" + covered.serialize(),
                    "Signature",
                    label + "=:" + Base64.getEncoder().encodeToString(signature) + ":");
        }

        private Parameters parameters() {
            Map<String, Object> values = new LinkedHashMap<>();
            values.put("created", Instant.now().getEpochSecond());
            values.put("keyid", key.map(SignatureKey::keyId).orElse(ownId));
            values.put(
                    "alg",
                    key.map(SignatureKey::algorithm).orElse(SignatureKey.Algorithm.ED25519).text());
            for (String name : List.of("nonce", "tag")) {
                if (components.getParams().get(name) instanceof StringItem text) {
                    values.put(name, text.get());
                }
            }
            return Parameters.valueOf(values);
        }
    }
}
