package io.oqim.sandbox;

import java.time.Duration;
import java.time.YearMonth;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A card as far as the bank looks at it. Its number is gone once the call is read.
 *
 * <p>It can be written as a token, {@code bt_424242_4242_203012_approved}: what the bank needs of
 * it stands in the token, so nothing has to be kept, and whoever writes a test can write one by
 * hand.
 *
 * @param refusal what its issuer says to every payment, if it is always the same refusal
 * @param challenged its holder has to prove who they are
 * @param disputed its holder disputes what is debited
 */
record Card(
        String first6,
        String last4,
        YearMonth expiry,
        @Nullable Decline refusal,
        boolean challenged,
        boolean disputed) {
    private static final Pattern NUMBER = Pattern.compile("[0-9]{12,19}");

    private static final Pattern TOKEN =
            Pattern.compile("bt_([0-9]{6})_([0-9]{4})_(20[0-9]{2})(0[1-9]|1[0-2])_([a-z_]{1,40})");

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
    private static final String DISPUTES = "4000000000000259";
    private static final String APPROVED = "approved";
    private static final String CHALLENGED = "action_required";
    private static final String DISPUTED = "disputed";
    private static final Set<String> PAYING = Set.of(APPROVED, CHALLENGED, DISPUTED);

    static Card of(String number, YearMonth expiry) {
        return new Card(
                number.substring(0, 6),
                number.substring(number.length() - 4),
                expiry,
                DECLINED.get(number),
                number.equals(NEEDS_CHALLENGE),
                number.equals(DISPUTES));
    }

    /** The card of a token of this bank's; empty when it is none. */
    static Optional<Card> ofToken(String token) {
        Matcher parts = TOKEN.matcher(token);
        if (!parts.matches()) {
            return Optional.empty();
        }
        String word = parts.group(5);
        Optional<Decline> refusal =
                DECLINED.values().stream().filter(decline -> decline.code().equals(word)).findAny();
        if (refusal.isEmpty() && !PAYING.contains(word)) {
            return Optional.empty();
        }
        YearMonth expiry =
                YearMonth.of(Integer.parseInt(parts.group(3)), Integer.parseInt(parts.group(4)));
        return Optional.of(
                new Card(
                        parts.group(1),
                        parts.group(2),
                        expiry,
                        refusal.orElse(null),
                        word.equals(CHALLENGED),
                        word.equals(DISPUTED)));
    }

    String token() {
        return "bt_%s_%s_%d%02d_%s"
                .formatted(first6, last4, expiry.getYear(), expiry.getMonthValue(), word());
    }

    private String word() {
        if (challenged) {
            return CHALLENGED;
        }
        if (disputed) {
            return DISPUTED;
        }
        return refusal == null ? APPROVED : refusal.code();
    }

    /** What the issuer says to this card, whatever the amount. */
    Decision decision(Duration challenge, YearMonth now) {
        if (refusal != null) {
            return new Decision.Refuse(refusal);
        }
        if (expiry.isBefore(now)) {
            return new Decision.Refuse(Decline.EXPIRED_CARD);
        }
        return challenged ? new Decision.Challenge(challenge) : Decision.APPROVE;
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
        return first6 + "******" + last4;
    }
}
