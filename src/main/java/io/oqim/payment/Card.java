package io.oqim.payment;

/** What is kept of a card. The hash is keyed, and never leaves the database. */
record Card(String brand, String first6, String last4, int expMonth, int expYear, byte[] hash) {
    static Card of(String number, int expMonth, int expYear, byte[] hash) {
        return new Card(
                brand(number),
                number.substring(0, 6),
                number.substring(number.length() - 4),
                expMonth,
                expYear,
                hash);
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
