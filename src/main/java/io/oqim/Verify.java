package io.oqim;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.oqim.crypto.SigningKey;
import io.oqim.event.Checkpoint;
import io.oqim.event.LogVerifier;
import io.oqim.event.Notary;
import io.oqim.http.Json;
import io.oqim.store.TypeId;
import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Consumer;

/**
 * {@code verify EVENTS [CHECKPOINTS KEYS]}: whether events that were exported are whole, unchanged
 * and in their order, and whether they are those that Oqim has signed. Works offline, without any
 * configuration.
 */
final class Verify {
    private final Consumer<String> out;

    Verify(Consumer<String> out) {
        this.out = out;
    }

    /**
     * @param events as {@code GET /v1/events/export} writes them
     * @return whether all is good
     */
    boolean run(Path events, Optional<Path> checkpoints, Optional<Path> keys) throws IOException {
        LogVerifier verifier = new LogVerifier();
        if (checkpoints.isPresent()
                && keys.isPresent()
                && !expect(verifier, checkpoints.get(), keys.get())) {
            return false;
        }
        Optional<String> wrong = Optional.empty();
        // Byte by byte: what is not UTF-8 any more was changed, and is to be named too.
        try (BufferedReader lines = Files.newBufferedReader(events, ISO_8859_1)) {
            String line = lines.readLine();
            while (line != null && wrong.isEmpty()) {
                wrong = verifier.next(line);
                line = lines.readLine();
            }
        }
        wrong = wrong.or(verifier::end);
        if (wrong.isPresent()) {
            String moved =
                    verifier.last() > 0
                                    && wrong.get().contains(" is missing")
                                    && stands(events, verifier.last() + 1)
                            ? " It stands further down: it was moved."
                            : "";
            out.accept(wrong.get() + "." + moved);
            return false;
        }
        out.accept(
                verifier.last() == 0
                        ? "no events"
                        : "good from "
                                + verifier.first()
                                + " to "
                                + verifier.last()
                                + (verifier.confirmed() == 0
                                        ? ""
                                        : ", signed up to " + verifier.confirmed())
                                + (verifier.isFounded()
                                        ? ""
                                        : "; what is before "
                                                + verifier.first()
                                                + " was not looked at"));
        return true;
    }

    /** Takes what is signed as given, once the signatures are good. */
    private boolean expect(LogVerifier verifier, Path checkpoints, Path keys) throws IOException {
        Map<String, byte[]> known = new HashMap<>();
        for (JsonValue value : list(keys)) {
            JsonObject key = value.asJsonObject();
            byte[] publicKey = Base64.getDecoder().decode(key.getString("public_key"));
            if (!Notary.id(publicKey).equals(key.getString("id"))) {
                out.accept(
                        "the key " + key.getString("id") + " is another one than its name says.");
                return false;
            }
            known.put(key.getString("id"), publicKey);
        }
        String log = "";
        Set<String> signers = new TreeSet<>();
        for (JsonValue value : list(checkpoints)) {
            JsonObject checkpoint = value.asJsonObject();
            String of = checkpoint.getString("merchant") + ", " + checkpoint.getString("mode");
            if (!log.isEmpty() && !log.equals(of)) {
                out.accept("the checkpoints are of more than one log: " + log + "; " + of + ".");
                return false;
            }
            log = of;
            long seq = checkpoint.getJsonNumber("seq").longValueExact();
            byte[] key = known.get(checkpoint.getString("key"));
            if (key == null
                    || !SigningKey.verify(key, statement(checkpoint), signature(checkpoint))) {
                out.accept("the checkpoint of event " + seq + " is not signed by one of the keys.");
                return false;
            }
            if (!verifier.expect(seq, checkpoint.getString("hash"))) {
                out.accept(
                        "two checkpoints that are signed say different things of event "
                                + seq
                                + ".");
                return false;
            }
            signers.add(checkpoint.getString("key"));
        }
        if (log.isEmpty()) {
            out.accept("there are no checkpoints.");
            return false;
        }
        out.accept("the log of " + log + ", signed by " + String.join(", ", signers));
        return true;
    }

    private static byte[] statement(JsonObject checkpoint) {
        UUID merchant =
                TypeId.parse("mer", checkpoint.getString("merchant")).orElse(new UUID(0, 0));
        return Checkpoint.statement(
                merchant,
                checkpoint.getString("mode"),
                checkpoint.getJsonNumber("seq").longValueExact(),
                HexFormat.of().parseHex(checkpoint.getString("hash")),
                Instant.parse(checkpoint.getString("signed")));
    }

    private static byte[] signature(JsonObject checkpoint) {
        return Base64.getDecoder().decode(checkpoint.getString("signature"));
    }

    /** The entries of a list as the API answers it. */
    private static jakarta.json.JsonArray list(Path file) throws IOException {
        return Json.trusted(Files.readString(file, StandardCharsets.UTF_8)).getJsonArray("data");
    }

    private static boolean stands(Path events, long seq) throws IOException {
        try (var lines = Files.lines(events, ISO_8859_1)) {
            return lines.anyMatch(line -> line.startsWith("{\"seq\":" + seq + ","));
        }
    }
}
