package io.oqim.sandbox;

import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;

/** The operation result of the bank protocol. */
final class ResultJson {
    private ResultJson() {}

    /**
     * @param challengeUrl where the cardholder goes, should the operation wait for that
     */
    static JsonObject of(Operation operation, String challengeUrl) {
        Outcome outcome = operation.outcome();
        JsonObjectBuilder result =
                JsonText.object()
                        .add("reference", operation.reference())
                        .add("operation", operation.kind().wire())
                        .add("status", outcome.status().wire())
                        .add("bank_reference", operation.payment())
                        .add("amount", operation.amount().minorUnits())
                        .add("currency", operation.amount().currency());
        Approval approval = outcome.approval();
        if (approval != null) {
            result.add("auth_code", approval.authCode()).add("rrn", approval.rrn());
        }
        Decline decline = outcome.decline();
        if (decline != null) {
            result.add("decline", decline(decline));
        }
        if (outcome.status() == Status.ACTION_REQUIRED) {
            result.add(
                    "action", JsonText.object().add("type", "redirect").add("url", challengeUrl));
        }
        Undoing undoing = operation.undoing();
        if (undoing != null) {
            result.add("had_effect", undoing.hadEffect());
        }
        return result.build();
    }

    static JsonObject decline(Decline decline) {
        return JsonText.object()
                .add("kind", decline.kind())
                .add("code", decline.code())
                .add("message", decline.message())
                .build();
    }
}
