package io.oqim.sandbox;

import java.time.YearMonth;
import java.util.Map;
import java.util.regex.Pattern;

/** A card as the caller sent it. The number stays in memory, for the length of one call. */
record Card(String number, YearMonth expiry) {
    private static final Pattern NUMBER = Pattern.compile("[0-9]{12,19}");

    private static final Map<String, Decline> DECLINED =
            Map.of(
                    "4000000000000002", Decline.GENERIC,
                    "4000000000009995", Decline.INSUFFICIENT_FUNDS,
                    "4000000000000069", Decline.EXPIRED_CARD,
                    "4000000000000127", Decline.INCORRECT_CVC,
                    "4000000000009987", Decline.LOST_CARD,
                    "4000000000009979", Decline.STOLEN_CARD,
                    "4000000000000119", Decline.PROCESSING_ERROR,
                    "4100000000000019", Decline.FRAUDULENT);

    private static final String NEEDS_CHALLENGE = "4000000000003220";

    String first6() {
        return number.substring(0, 6);
    }

    String last4() {
        return number.substring(number.length() - 4);
    }

    /** What the issuer says to this card, whatever the amount. */
    Decision decision(SuffixTimes times, YearMonth now) {
        Decline decline = DECLINED.get(number);
        if (decline != null) {
            return new Decision.Refuse(decline);
        }
        if (expiry.isBefore(now)) {
            return new Decision.Refuse(Decline.EXPIRED_CARD);
        }
        return number.equals(NEEDS_CHALLENGE)
                ? new Decision.Challenge(times.challenge())
                : Decision.APPROVE;
    }

    /** 12 to 19 digits with a right Luhn check digit. */
    static boolean isNumber(String text) {
        if (!NUMBER.matcher(text).matches()) {
            return false;
        }
        int sum = 0;
        for (int i = 0; i < text.length(); i++) {
            int digit = text.charAt(text.length() - 1 - i) - '0';
            int weighted = i % 2 == 0 ? digit : 2 * digit;
            sum += weighted > 9 ? weighted - 9 : weighted;
        }
        return sum % 10 == 0;
    }

    @Override
    public String toString() {
        return first6() + "******" + last4();
    }
}
