package io.oqim.http;

import java.util.regex.Pattern;

/** Keeps what could be a card number out of answers, logs and stored sentences. */
public final class CardNumbers {
    /** 12 digits and more, also with blanks or hyphens between them, as people write them. */
    private static final Pattern WHOLE = Pattern.compile("\\d(?:[ -]?\\d){11,}");

    private static final Pattern PART = Pattern.compile("\\d(?:[ -]?\\d){5,}");

    private CardNumbers() {}

    /** A sentence or a path with {@code ...} for each number that could be a card's. */
    public static String masked(String text) {
        return WHOLE.matcher(text).replaceAll("...");
    }

    /** The same for a quotation that may begin or end in the middle of a number. */
    public static String maskedQuotation(String text) {
        return PART.matcher(text).replaceAll("...");
    }
}
