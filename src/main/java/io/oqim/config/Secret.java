package io.oqim.config;

import java.util.Objects;

/** A value that must not be shown: it prints as {@code [REDACTED]}. */
public record Secret(String reveal) {
    public Secret {
        Objects.requireNonNull(reveal, "reveal");
    }

    public boolean isEmpty() {
        return reveal.isEmpty();
    }

    @Override
    public String toString() {
        return "[REDACTED]";
    }
}
