package io.oqim.merchant;

import io.oqim.http.Problem;
import io.oqim.http.Refusal;
import io.oqim.store.Database;
import io.oqim.store.TypeId;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;

/** Onboarding: merchants and their keys. All methods block on the database. */
public final class Merchants {
    private final MerchantStore store;
    private final KeyStore keys;

    public Merchants(Database database) {
        this.store = new MerchantStore(database);
        this.keys = new KeyStore(database);
    }

    /** A key that was just made; the only time its secret can be seen. */
    public record Issued(UUID id, Mode mode, String secret, String hint, KeyTerms terms) {}

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
     * Makes a key for one mode that may be used for everything, from anywhere.
     *
     * @throws Refusal 404 without such a merchant, 409 {@code too_many_keys} with two active keys
     */
    public Issued issue(UUID merchant, Mode mode) {
        return issue(merchant, mode, KeyTerms.ALL);
    }

    Issued issue(UUID merchant, Mode mode, KeyTerms terms) {
        ApiKey key = ApiKey.create(mode);
        UUID id = TypeId.next();
        if (!keys.add(new KeyStore.Fresh(tenant(merchant, mode).id(), id, key, terms))) {
            throw tooMany(mode);
        }
        return new Issued(id, mode, key.secret(), key.hint(), terms);
    }

    private static Refusal tooMany(Mode mode) {
        return new Refusal(
                Problem.conflict(
                        "too_many_keys",
                        "The merchant has two active " + mode.text() + " keys; revoke one first."));
    }

    /**
     * Makes a key that takes the place of another, on the same terms; the other one is good for
     * {@code overlap} more.
     */
    Issued rotate(UUID merchant, UUID old, Duration overlap) {
        KeyStore.KeyRow row = key(merchant, old);
        ApiKey key = ApiKey.create(row.mode());
        UUID id = TypeId.next();
        return switch (keys.rotate(
                old, new KeyStore.Fresh(row.tenant(), id, key, row.terms()), overlap)) {
            case KeyStore.Rotated.Done done ->
                    new Issued(id, row.mode(), key.secret(), key.hint(), done.terms());
            case KeyStore.Rotated.NoSlot none -> throw tooMany(row.mode());
            case KeyStore.Rotated.Ending ending -> throw ended();
        };
    }

    /** Lets a key be used for other things, or from elsewhere. */
    KeyStore.KeyRow change(UUID merchant, UUID id, KeyStore.Change change) {
        KeyStore.KeyRow row = key(merchant, id);
        if (!keys.change(row.tenant(), id, change)) {
            throw ended();
        }
        return key(merchant, id);
    }

    private static Refusal ended() {
        return new Refusal(
                Problem.conflict(
                        "key_ended",
                        "The key is revoked, or another one takes its place already."));
    }

    private KeyStore.KeyRow key(UUID merchant, UUID id) {
        return keys.list(merchant).stream()
                .filter(key -> key.id().equals(id))
                .findAny()
                .orElseThrow(() -> new Refusal(Problem.notFound("key")));
    }

    /** Revokes a key; within {@code server.key-cache} it is refused everywhere. */
    public void revoke(UUID merchant, UUID key) {
        if (!keys.revoke(merchant, key)) {
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
        return change(
                merchant,
                mode,
                new PolicyJson.Said(policy, Optional.of(policy.requireSignatures())));
    }

    Tenant change(UUID merchant, Mode mode, PolicyJson.Said said) {
        store.change(tenant(merchant, mode).id(), said.policy(), said.signed());
        return tenant(merchant, mode);
    }

    MerchantStore.MerchantRow merchant(UUID merchant) {
        return store.merchant(merchant)
                .orElseThrow(() -> new Refusal(Problem.notFound("merchant")));
    }

    List<MerchantStore.MerchantRow> merchants(Optional<UUID> after, int limit) {
        return store.merchants(after.orElse(null), limit);
    }

    List<KeyStore.KeyRow> keys(UUID merchant) {
        return keys.list(merchant);
    }
}
