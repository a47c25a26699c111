package io.oqim.sandbox;

import com.google.errorprone.annotations.Immutable;

/**
 * The bank's refusal to move money, which is final for the operation.
 *
 * @param hard no other bank and no other try will approve this card
 */
@Immutable
record Decline(boolean hard, String code, String message) {
    static final Decline GENERIC = soft("generic_decline", "The card was declined.");
    static final Decline DO_NOT_HONOR =
            soft("do_not_honor", "The issuer declined without a reason.");
    static final Decline INSUFFICIENT_FUNDS =
            soft("insufficient_funds", "The card has insufficient funds.");
    static final Decline LIMIT_EXCEEDED = soft("limit_exceeded", "The card's limit is exceeded.");
    static final Decline ISSUER_UNAVAILABLE =
            soft("issuer_unavailable", "The issuer could not be reached.");
    static final Decline PROCESSING_ERROR =
            soft("processing_error", "The bank failed to process it, and moved no money.");
    static final Decline EXPIRED_CARD = hard("expired_card", "The card has expired.");
    static final Decline INCORRECT_CVC = hard("incorrect_cvc", "The security code is incorrect.");
    static final Decline LOST_CARD = hard("lost_card", "The card is reported lost.");
    static final Decline STOLEN_CARD = hard("stolen_card", "The card is reported stolen.");
    static final Decline FRAUDULENT = hard("fraudulent", "The issuer suspects fraud.");
    static final Decline AUTHENTICATION_FAILED =
            hard("authentication_failed", "The cardholder was not authenticated.");
    static final Decline AUTHENTICATION_TIMEOUT =
            hard("authentication_timeout", "The cardholder did not finish the authentication.");

    private static Decline soft(String code, String message) {
        return new Decline(false, code, message);
    }

    private static Decline hard(String code, String message) {
        return new Decline(true, code, message);
    }

    String kind() {
        return hard ? "hard" : "soft";
    }
}
