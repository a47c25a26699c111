package io.oqim.sandbox;

import java.util.Locale;

/** How a dispute stands. Only a dispute that is won has given its money back. */
enum DisputeStatus {
    NEEDS_RESPONSE,
    UNDER_REVIEW,
    WON,
    LOST,
    ACCEPTED;

    static DisputeStatus of(String wire) {
        return valueOf(wire.toUpperCase(Locale.ROOT));
    }

    String wire() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Whether the bank may still change to that; it may even change its mind after a loss. */
    boolean mayBecome(DisputeStatus next) {
        return switch (this) {
            case NEEDS_RESPONSE -> next != NEEDS_RESPONSE;
            case UNDER_REVIEW -> next == WON || next == LOST;
            case LOST -> next == WON;
            case WON, ACCEPTED -> false;
        };
    }
}
