package io.oqim.sandbox;

/** What the bank answers to a call that it understood. */
sealed interface Answer extends Step {
    Refused NOT_FOUND = new Refused(404, "not_found", "No operation has this reference.");
    Refused REFERENCE_VOIDED =
            new Refused(
                    409, "reference_voided", "The reference was voided and is refused for ever.");
    Refused AMOUNT_EXCEEDED =
            new Refused(409, "amount_exceeded", "The amount is more than what is left.");
    Refused NOTHING_TO_VOID =
            new Refused(409, "nothing_to_void", "Nothing is left that could be released.");
    Refused TOO_LATE =
            new Refused(503, "not_processed", "The request was too old to be processed.");
    Refused BUSY = new Refused(429, "not_processed", "The bank is busy; nothing happened.");
    Refused STRUCK =
            new Refused(503, "not_processed", "The bank is unavailable; nothing happened.");

    /** The operation was processed, or is reported as it stands. */
    record Done(Operation operation) implements Answer {}

    /** The reference was used before; nothing new happened, nor ever will. */
    record Duplicate(Operation original) implements Answer {}

    /** Nothing happened. */
    record Refused(int status, String code, String message) implements Answer {}
}
