package io.oqim.config;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Where cards are kept, and with which keys.
 *
 * @param enabled false: no card number is taken or kept
 * @param keys key-encryption keys; the first one wraps, the others only unwrap
 */
public record VaultConfig(
        boolean enabled,
        List<NamedKey> keys,
        Duration dataKeyLife,
        Duration rewrapAfter,
        int dataKeysCached,
        int rewrapBatch) {
    private static final int KEY_BYTES = 32;
    private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9._-]{0,62}");

    /**
     * A key-encryption key.
     *
     * @param key 32 bytes in Base64
     */
    public record NamedKey(String name, Secret key) {
        public byte[] bytes() {
            return Base64.getDecoder().decode(key.reveal());
        }
    }

    static VaultConfig read(Settings s) {
        boolean enabled =
                s.flag(
                        "vault.enabled",
                        true,
                        "whether this process takes card numbers, and pays by tokens; without, it does neither, and needs no"
                                + " vault.keys");
        String meaning =
                "keys that encrypt the data keys of cards, the one that is used first: NAME:BASE64 of 32 bytes each,"
                        + " comma between";
        Secret keys =
                enabled
                        ? s.requiredSecret("vault.keys", KEY_BYTES, meaning)
                        : s.secret("vault.keys", meaning);
        return new VaultConfig(
                enabled,
                named(s, keys),
                s.duration(
                        "vault.data-key-life",
                        Duration.ofDays(30),
                        Span.seconds(1, 86_400 * 366),
                        "for how long new cards of a tenant are encrypted with the same data key"),
                s.duration(
                        "vault.rewrap-after",
                        Duration.ofDays(365),
                        Span.seconds(1, 86_400 * 3_660),
                        "age of a data key at which 'rewrap' encrypts anew the cards that it encrypts"),
                s.integer(
                        "vault.data-keys-cached",
                        10_000,
                        Bounds.of(16, 1_000_000),
                        "data keys that a process holds in memory; the longest unused are forgotten first"),
                s.integer(
                        "vault.rewrap-batch",
                        500,
                        Bounds.of(1, 10_000),
                        "cards that 'rewrap' encrypts anew in one transaction"));
    }

    private static List<NamedKey> named(Settings s, Secret keys) {
        List<NamedKey> named = new ArrayList<>();
        Set<String> names = new HashSet<>();
        if (keys.isEmpty()) {
            return List.of();
        }
        for (String part : keys.reveal().strip().split("\\s*,\\s*", -1)) {
            int cut = part.indexOf(':');
            String name = cut < 0 ? "" : part.substring(0, cut);
            // The value itself is never shown: which of them it is has to do.
            String which = "key " + (named.size() + 1);
            if (!NAME.matcher(name).matches()) {
                s.problem(
                        "vault.keys",
                        which + " must be NAME:BASE64, its name of a to z, 0 to 9, '.', '_', '-'");
                return List.of();
            }
            if (!names.add(name)) {
                s.problem("vault.keys", which + " has the name of another one");
                return List.of();
            }
            if (!isKey(part.substring(cut + 1))) {
                s.problem("vault.keys", which + " must be 32 bytes in Base64");
                return List.of();
            }
            named.add(new NamedKey(name, new Secret(part.substring(cut + 1))));
        }
        return List.copyOf(named);
    }

    private static boolean isKey(String base64) {
        try {
            return Base64.getDecoder().decode(base64).length == KEY_BYTES;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
