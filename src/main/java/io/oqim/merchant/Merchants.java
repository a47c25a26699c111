package io.oqim.merchant;

import io.oqim.http.Problem;
import io.oqim.http.Refusal;
import io.oqim.store.Database;
import io.oqim.store.TypeId;
import java.util.List;
import java.util.OptionalInt;
import java.util.UUID;

/** Onboarding: merchants and their keys. All methods block on the database. */
public final class Merchants {
    private final MerchantStore store;

    public Merchants(Database database) {
        this.store = new MerchantStore(database);
    }

    /** A key that was just made; the only time its secret can be seen. */
    public record Issued(UUID id, Mode mode, String secret, String hint) {}

    /**
     * Creates a merchant with both tenants.
     *
     * @param cardLimit payments of one card in the velocity window, 0 for no limit
     */
    public UUID create(String name, OptionalInt cardLimit) {
        UUID merchant = TypeId.next();
        store.create(merchant, name, cardLimit.isPresent() ? cardLimit.getAsInt() : null);
        return merchant;
    }

    /**
     * Makes a key for one mode.
     *
     * @throws Refusal 404 without such a merchant, 409 {@code too_many_keys} with two active keys
     */
    public Issued issue(UUID merchant, Mode mode) {
        Tenant tenant = tenant(merchant, mode);
        ApiKey key = ApiKey.create(mode);
        UUID id = TypeId.next();
        if (!store.addKey(tenant.id(), id, key)) {
            throw new Refusal(
                    Problem.conflict(
                            "too_many_keys",
                            "The merchant has two active "
                                    + mode.text()
                                    + " keys; revoke one first."));
        }
        return new Issued(id, mode, key.secret(), key.hint());
    }

    /** Revokes a key; within {@code server.key-cache} it is refused everywhere. */
    public void revoke(UUID merchant, UUID key) {
        if (!store.revoke(merchant, key)) {
            throw new Refusal(Problem.notFound("key"));
        }
    }

    Tenant tenant(UUID merchant, Mode mode) {
        return store.tenant(merchant, mode)
                .orElseThrow(() -> new Refusal(Problem.notFound("merchant")));
    }

    /**
     * Gives a tenant another policy; within {@code server.key-cache} it holds everywhere.
     *
     * @throws Refusal 404 without such a merchant
     */
    public Tenant change(UUID merchant, Mode mode, Policy policy) {
        store.change(tenant(merchant, mode).id(), policy);
        return tenant(merchant, mode);
    }

    MerchantStore.MerchantRow merchant(UUID merchant) {
        return store.merchant(merchant)
                .orElseThrow(() -> new Refusal(Problem.notFound("merchant")));
    }

    List<MerchantStore.MerchantRow> merchants(java.util.Optional<UUID> after, int limit) {
        return store.merchants(after.orElse(null), limit);
    }

    List<MerchantStore.KeyRow> keys(UUID merchant) {
        return store.keys(merchant);
    }
}
