package io.oqim.payment;

import java.util.Locale;

/** What is known of one try at one bank. */
enum AttemptState {
    SENT,
    NOT_SENT,
    APPROVED,
    DECLINED,
    REJECTED,
    PENDING,
    UNKNOWN,
    /** It is decided that it must not happen; the bank is being told. */
    VOIDING,
    REVERSED;

    String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    static AttemptState parse(String text) {
        return valueOf(text.toUpperCase(Locale.ROOT));
    }
}
