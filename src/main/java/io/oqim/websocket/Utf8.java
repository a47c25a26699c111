package io.oqim.websocket;

/**
 * Checks UTF-8 as it arrives, in pieces cut anywhere (RFC 6455 section 8.1). Follows table 3-7 of
 * the Unicode standard, so overlong forms, surrogates and what lies above U+10FFFF are refused at
 * the first byte that cannot be right.
 */
final class Utf8 {
    private int due;
    private int lowest;
    private int highest;

    static boolean isValid(byte[] bytes) {
        Utf8 utf8 = new Utf8();
        return utf8.accept(bytes, 0, bytes.length) && utf8.isComplete();
    }

    /** Whether all bytes up to {@code to} may stand where they stand. */
    boolean accept(byte[] bytes, int from, int to) {
        for (int i = from; i < to; i++) {
            if ((due > 0 || bytes[i] < 0) && !accept(bytes[i] & 0xFF)) {
                return false;
            }
        }
        return true;
    }

    /** Whether no code point is left half. */
    boolean isComplete() {
        return due == 0;
    }

    private boolean accept(int octet) {
        if (due == 0) {
            return lead(octet);
        }
        if (octet < lowest || octet > highest) {
            return false;
        }
        due--;
        lowest = 0x80;
        highest = 0xBF;
        return true;
    }

    private boolean lead(int octet) {
        if (octet < 0xC2 || octet > 0xF4) {
            return false;
        }
        due = octet < 0xE0 ? 1 : octet < 0xF0 ? 2 : 3;
        lowest =
                switch (octet) {
                    case 0xE0 -> 0xA0;
                    case 0xF0 -> 0x90;
                    default -> 0x80;
                };
        highest =
                switch (octet) {
                    case 0xED -> 0x9F;
                    case 0xF4 -> 0x8F;
                    default -> 0xBF;
                };
        return true;
    }
}
