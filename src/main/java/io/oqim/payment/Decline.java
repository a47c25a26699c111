package io.oqim.payment;

/**
 * Why a bank, or a check, said no.
 *
 * @param kind soft (may pass another time), hard (will not) or risk (refused before any bank was
 *     asked)
 * @param bankCode the bank's own code, or empty
 */
record Decline(String code, String kind, String bankCode, String message) {
    static Decline risk(String code, String message) {
        return new Decline(code, "risk", "", message);
    }

    /** A rule wants the customer to prove who they are, and the bank cannot make them. */
    static Decline noChallenge() {
        return risk(
                "challenge_unavailable",
                "A rule of yours wants 3-D Secure, which the bank cannot be asked for.");
    }
}
