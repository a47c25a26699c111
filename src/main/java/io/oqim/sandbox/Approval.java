package io.oqim.sandbox;

import java.util.Locale;
import java.util.UUID;

/**
 * The numbers that prove an approval.
 *
 * @param authCode six digits
 * @param rrn the retrieval reference number, twelve digits, one for each operation
 */
record Approval(String authCode, String rrn) {
    private static final long AUTH_CODES = 1_000_000L;
    private static final long RRNS = 1_000_000_000_000L;

    static Approval random() {
        UUID random = UUID.randomUUID();
        long code = Long.remainderUnsigned(random.getMostSignificantBits(), AUTH_CODES);
        long rrn = Long.remainderUnsigned(random.getLeastSignificantBits(), RRNS);
        return new Approval(
                String.format(Locale.ROOT, "%06d", code), String.format(Locale.ROOT, "%012d", rrn));
    }
}
