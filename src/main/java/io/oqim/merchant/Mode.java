package io.oqim.merchant;

import java.util.Locale;
import java.util.Optional;

/** A merchant's two sides: test money and real money. */
public enum Mode {
    TEST,
    LIVE;

    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    static Optional<Mode> parse(String text) {
        for (Mode mode : values()) {
            if (mode.text().equals(text)) {
                return Optional.of(mode);
            }
        }
        return Optional.empty();
    }
}
