package io.oqim;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What a process is for. */
enum Role {
    /** REST. */
    GATEWAY,
    /** WebSocket and events. */
    STREAM,
    /** Resolver and upkeep. */
    WORKER,
    /** The three above in one process. */
    ALL,
    /** The simulated banks. */
    SANDBOX,
    /** Brings the schema up to date, then ends. */
    MIGRATE,
    /** Removes events that are older than is to be kept, then ends. */
    RETAIN,
    /** Encrypts anew what is encrypted with old keys, then ends. */
    REWRAP,
    /** Compares the books with each other and with the banks', then ends. */
    AUDIT;

    boolean includes(Role part) {
        return this == part
                || (this == ALL && (part == GATEWAY || part == STREAM || part == WORKER));
    }

    /** Whether it takes requests or makes hashes that others compare. */
    boolean needsKeys() {
        return this != MIGRATE && this != SANDBOX;
    }

    static Optional<Role> parse(String text) {
        return Arrays.stream(values()).filter(role -> role.text().equals(text)).findFirst();
    }

    static List<String> names() {
        return Arrays.stream(values()).map(Role::text).toList();
    }

    String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
