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
}
