package io.oqim.config;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Configurations for tests. */
final class Samples {
    static final String ADMIN_KEY = "an-admin-key-of-thirty-one-char";
    static final String CRYPTO_KEY = "a-crypto-key-of-at-least-thirty-two-characters";

    static final String VAULT_KEYS = "local:a2tra2tra2tra2tra2tra2tra2tra2tra2tra2tra2s=";

    private Samples() {}

    /**
     * The three values that have no default, and what is given over them: key, value, key, value.
     */
    static Map<String, String> values(String... more) {
        Map<String, String> values = new TreeMap<>();
        values.put("admin-key", ADMIN_KEY);
        values.put("crypto.key", CRYPTO_KEY);
        values.put("vault.keys", VAULT_KEYS);
        for (int i = 0; i < more.length; i += 2) {
            values.put(more[i], more[i + 1]);
        }
        return values;
    }

    static OqimConfig config(String... more) {
        return OqimConfig.from(new Settings(values(more), Map.of()));
    }

    /** The problems of a configuration with these values; none when it is good. */
    static List<String> problems(String... more) {
        try {
            OqimConfig ignored = config(more);
            return List.of();
        } catch (ConfigException e) {
            return e.problems();
        }
    }

    /** The three required values as environment variables, and what is given over them. */
    static Map<String, String> environment(String... more) {
        Map<String, String> environment = new HashMap<>();
        environment.put("OQIM_ADMIN_KEY", ADMIN_KEY);
        environment.put("OQIM_CRYPTO_KEY", CRYPTO_KEY);
        environment.put("OQIM_VAULT_KEYS", VAULT_KEYS);
        for (int i = 0; i < more.length; i += 2) {
            environment.put(more[i], more[i + 1]);
        }
        return environment;
    }
}
