package io.oqim.merchant;

import java.util.UUID;

/**
 * A merchant in one mode: the owner of payments, a log, a ledger and keys.
 *
 * @param id leads every key of the database
 */
public record Tenant(long id, UUID merchant, Mode mode, Policy policy) {
    public boolean test() {
        return mode == Mode.TEST;
    }
}
