package io.oqim.merchant;

import java.util.OptionalInt;
import java.util.UUID;

/**
 * A merchant in one mode: the owner of payments, a log, a ledger and keys.
 *
 * @param id leads every key of the database
 * @param cardLimit payments of one card in the velocity window; 0 is no limit, empty the configured
 *     one
 */
public record Tenant(long id, UUID merchant, Mode mode, OptionalInt cardLimit) {
    public boolean test() {
        return mode == Mode.TEST;
    }
}
