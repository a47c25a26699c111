package io.oqim.merchant;

import io.oqim.config.ServerConfig;
import io.oqim.crypto.Hashes;
import io.oqim.crypto.SignatureRoom;
import io.oqim.http.Problem;
import io.oqim.http.Refusal;
import io.oqim.http.RequestMessage;
import io.oqim.http.SignedBytes;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.greenbytes.http.sfv.ByteSequenceItem;
import org.greenbytes.http.sfv.InnerList;
import org.greenbytes.http.sfv.IntegerItem;
import org.greenbytes.http.sfv.ListElement;
import org.greenbytes.http.sfv.Parameters;
import org.greenbytes.http.sfv.ParseException;
import org.greenbytes.http.sfv.Parser;
import org.greenbytes.http.sfv.StringItem;
import org.jspecify.annotations.Nullable;

/**
 * Checks signatures of requests (RFC 9421). One by a key of the tenant's has to be right, and has
 * to cover what decides what a request does; the body's digest is compared when the body is read.
 */
final class RequestSignatures {
    private static final int SIGNATURES_MOST = 4;

    /** Seconds by which another clock may be ahead. */
    private static final int AHEAD = 60;

    private static final Set<String> TARGETS = Set.of("@path", "@request-target");

    private final SignatureRoom room;
    private final Hashes hashes;
    private final Duration age;

    RequestSignatures(SignatureRoom room, Hashes hashes, ServerConfig config) {
        this.room = room;
        this.hashes = hashes;
        this.age = config.signatureAge();
    }

    /**
     * Looks at what a request is signed with, if it is.
     *
     * @param keys the tenant's good ones
     * @return whether it is
     * @throws Refusal 401 {@code invalid_signature}
     */
    boolean check(RequestMessage request, List<SignatureKey> keys) {
        Optional<String> input = request.field("signature-input");
        if (input.isEmpty()) {
            return false;
        }
        Map<String, ListElement<?>> inputs = dictionary("Signature-Input", input.get());
        Map<String, ListElement<?>> signatures =
                dictionary("Signature", request.field("signature").orElse(""));
        if (inputs.size() > SIGNATURES_MOST) {
            throw invalid("A request may have at most " + SIGNATURES_MOST + " signatures.");
        }
        for (Map.Entry<String, ListElement<?>> entry : inputs.entrySet()) {
            if (!(entry.getValue() instanceof InnerList covered)) {
                throw invalid("'" + entry.getKey() + "' must be a list of components.");
            }
            Optional<SignatureKey> key =
                    keys.stream()
                            .filter(one -> text(covered.getParams(), "keyid").equals(one.keyId()))
                            .findAny();
            if (key.isPresent()) {
                check(covered, signatures.get(entry.getKey()), key.get(), request);
                return true;
            }
        }
        throw invalid("No signature has the keyid of a signature key of this merchant.");
    }

    private void check(
            InnerList covered,
            @Nullable ListElement<?> signature,
            SignatureKey key,
            RequestMessage request) {
        if (!(signature instanceof ByteSequenceItem bytes)) {
            throw invalid("Its label is not in Signature.");
        }
        parameters(covered.getParams(), key);
        coverage(covered, request);
        byte[] base;
        try {
            base = SignedBytes.of(covered, request);
        } catch (SignedBytes.Unsuitable e) {
            throw invalid(e.getMessage() + ".");
        }
        byte[] sent = bytes(bytes.get());
        boolean good =
                switch (key.algorithm()) {
                    // Shorter than the way to the pool (decision 5).
                    case HMAC_SHA256 -> key.verifies(hashes, base, sent);
                    case ED25519 -> room.check(() -> key.verifies(hashes, base, sent));
                };
        if (!good) {
            throw invalid("It is not that of this request by this key.");
        }
    }

    private void parameters(Parameters parameters, SignatureKey key) {
        String algorithm = text(parameters, "alg");
        if (!algorithm.isEmpty() && !algorithm.equals(key.algorithm().text())) {
            throw invalid("Its key is for " + key.algorithm().text() + ", not " + algorithm + ".");
        }
        long now = Instant.now().getEpochSecond();
        if (!(parameters.get("created") instanceof IntegerItem created)) {
            throw invalid("It must say when it was created.");
        }
        if (created.getAsLong() < now - age.toSeconds() || created.getAsLong() > now + AHEAD) {
            throw invalid(
                    "It must have been created in the last "
                            + age.toSeconds()
                            + " seconds. It is "
                            + now
                            + " now.");
        }
        if (parameters.containsKey("expires")
                && !(parameters.get("expires") instanceof IntegerItem expires
                        && expires.getAsLong() >= now)) {
            throw invalid("It has expired.");
        }
    }

    /** What is not covered may be another's. */
    private static void coverage(InnerList covered, RequestMessage request) {
        Set<String> names = new HashSet<>();
        covered.get().stream()
                .filter(item -> item instanceof StringItem)
                .filter(item -> item.getParams().isEmpty())
                .forEach(item -> names.add((String) item.get()));
        boolean target = names.stream().anyMatch(TARGETS::contains);
        boolean query =
                request.query().isEmpty()
                        || names.contains("@query")
                        || names.contains("@request-target");
        require(names.contains("@method"), "@method");
        require(target, "@path");
        require(query, "@query");
        require(!request.hasBody() || names.contains("content-digest"), "content-digest");
        require(
                request.field("idempotency-key").isEmpty() || names.contains("idempotency-key"),
                "idempotency-key");
    }

    private static void require(boolean there, String component) {
        if (!there) {
            throw invalid("It must cover \"" + component + "\".");
        }
    }

    private static Map<String, ListElement<?>> dictionary(String name, String field) {
        try {
            return Parser.parseDictionary(field).get();
        } catch (ParseException e) {
            throw new Refusal(
                    Problem.of(401, "invalid_signature", name + " cannot be read.").about(name));
        }
    }

    private static String text(Parameters parameters, String name) {
        return parameters.get(name) instanceof StringItem text ? text.get() : "";
    }

    private static byte[] bytes(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.duplicate().get(bytes);
        return bytes;
    }

    private static Refusal invalid(String why) {
        return new Refusal(Problem.of(401, "invalid_signature", why).about("Signature"));
    }
}
