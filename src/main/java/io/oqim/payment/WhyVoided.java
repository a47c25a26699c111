package io.oqim.payment;

import java.util.Locale;

/** Why an attempt must not happen. It stands at the attempt while the bank is being told. */
enum WhyVoided {
    /** The bank does not know it, and it may still be on its way. */
    NOT_FOUND,
    /** The bank approved another amount than was asked for. */
    OTHER_AMOUNT,
    /** The merchant does not want it any more. */
    CANCELED,
    /** The customer did not do what he had to in time. */
    CHALLENGE_EXPIRED,
    /** It was in doubt for longer than was promised. */
    OVERDUE,
    /** It was not decided when the caller was answered, and the tenant wants that undone. */
    DEADLINE;

    String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Whether this attempt is being voided for this reason. */
    boolean of(Attempt attempt) {
        return attempt.state() == AttemptState.VOIDING && attempt.bankCode().equals(text());
    }
}
