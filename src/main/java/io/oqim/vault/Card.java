package io.oqim.vault;

import io.oqim.crypto.Hashes;

/**
 * What is known of a card once its number is gone or sealed. The hash is keyed, and never leaves
 * the database.
 */
public record Card(
        String brand, String first6, String last4, int expMonth, int expYear, byte[] hash) {
    /**
     * Computes a keyed hash, which alone is shorter than the way to the crypto pool (decision 5).
     */
    public static Card of(PlainCard plain, Hashes hashes) {
        String number = plain.number();
        return new Card(
                brand(number),
                number.substring(0, 6),
                number.substring(number.length() - 4),
                plain.expMonth(),
                plain.expYear(),
                hashes.card(number));
    }

    /** The scheme, by the ranges of issuer identification numbers (ISO/IEC 7812). */
    static String brand(String number) {
        int two = Integer.parseInt(number.substring(0, 2));
        int four = Integer.parseInt(number.substring(0, 4));
        if (number.startsWith("8600") || number.startsWith("5614")) {
            return "uzcard";
        }
        if (number.startsWith("9860")) {
            return "humo";
        }
        if (number.startsWith("4")) {
            return "visa";
        }
        if ((two >= 51 && two <= 55) || (four >= 2221 && four <= 2720)) {
            return "mastercard";
        }
        if (two == 34 || two == 37) {
            return "amex";
        }
        if (two == 62) {
            return "unionpay";
        }
        if (four >= 2200 && four <= 2204) {
            return "mir";
        }
        if (four >= 3528 && four <= 3589) {
            return "jcb";
        }
        return four == 6011 || two == 65 ? "discover" : "unknown";
    }
}
