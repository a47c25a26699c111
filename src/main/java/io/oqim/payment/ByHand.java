package io.oqim.payment;

import io.oqim.bank.BankIds;
import io.oqim.http.Json;
import java.util.Optional;

/**
 * What a person has found out about an operation that asking the bank did not settle.
 *
 * @param happened whether the bank has done it, as it was asked for
 * @param by who says so
 * @param reason how it was found out
 * @param bankReference what the bank calls the payment, if it is not known yet
 */
record ByHand(boolean happened, String by, String reason, Optional<String> bankReference) {
    BankIds ids() {
        return new BankIds(bankReference, Optional.empty(), Optional.empty());
    }

    /** As it is kept with the evidence. */
    byte[] json() {
        return Json.bytes(
                out -> {
                    out.writeStartObject();
                    out.write("settled_by_hand", happened ? "succeeded" : "failed");
                    out.write("by", by);
                    out.write("reason", reason);
                    out.writeEnd();
                });
    }
}
