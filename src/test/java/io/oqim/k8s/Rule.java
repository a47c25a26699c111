package io.oqim.k8s;

import com.fasterxml.jackson.databind.JsonNode;
import io.oqim.config.OqimConfig;
import io.oqim.config.Settings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What must be so in every overlay, and how it would be broken. */
interface Rule {
    /** Says what is not so. */
    void check(Rendered all, List<String> wrong) throws IOException;

    /** Breaks it on purpose, in production's overlay. */
    void breakIt(Rendered all);

    /** What breaks it; nothing when it is kept. */
    default List<String> violations(Rendered all) {
        List<String> wrong = new ArrayList<>();
        try {
            check(all, wrong);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return wrong;
    }

    static boolean selects(JsonNode selector, JsonNode labels) {
        boolean all = selector.isObject() && !selector.isEmpty();
        for (Map.Entry<String, JsonNode> one : selector.properties()) {
            all &= one.getValue().equals(labels.path(one.getKey()));
        }
        return all;
    }

    /** The configuration as a pod would have it, with secrets that are made up. */
    static OqimConfig config(Rendered all) throws IOException {
        Map<String, String> settings = new HashMap<>(all.settings());
        settings.put("admin-key", "an-admin-key-of-thirty-one-char");
        settings.put("crypto.key", "a-crypto-key-of-at-least-thirty-two-characters");
        settings.put("vault.keys", "local:a2tra2tra2tra2tra2tra2tra2tra2tra2tra2tra2s=");
        return OqimConfig.from(new Settings(settings, Map.of()));
    }
}
