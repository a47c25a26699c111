package io.oqim.payment;

import java.util.Locale;

/** Whether an approval takes the money at once. */
enum CaptureMethod {
    AUTOMATIC,
    MANUAL;

    String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    static CaptureMethod parse(String text) {
        return valueOf(text.toUpperCase(Locale.ROOT));
    }
}
