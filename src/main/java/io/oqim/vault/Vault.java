package io.oqim.vault;

import io.oqim.config.VaultConfig;
import io.oqim.crypto.Hashes;
import io.oqim.store.Database;
import io.oqim.store.Row;
import io.oqim.store.TypeId;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Keeps cards under tokens, and gives them back to pay with.
 *
 * <p>Methods block on the database, and on whoever holds the key-encryption keys when a data key is
 * not at hand.
 */
public final class Vault {
    static final String PURPOSE = "oqim card v1";

    private final TokenStore tokens;
    private final DataKeys keys;
    private final Hashes hashes;

    /** The one that the configuration wants, if it wants any. */
    public static Optional<Vault> of(Database database, Hashes hashes, VaultConfig config) {
        return config.enabled()
                ? Optional.of(new Vault(database, hashes, config))
                : Optional.empty();
    }

    private Vault(Database database, Hashes hashes, VaultConfig config) {
        this.tokens = new TokenStore(database);
        this.keys =
                new DataKeys(
                        new LocalKeys(config.keys()),
                        new DataKeyStore(database),
                        config,
                        config::dataKeyLife);
        this.hashes = hashes;
    }

    /**
     * Whether there is a key here for all that is encrypted; blocks on the database.
     *
     * @throws IllegalStateException when one is missing, or has another one's name
     */
    public void check() {
        for (DataKeyStore.Kept sample : keys.samples()) {
            try {
                var ignored = keys.cipher(sample);
            } catch (KeyUnavailable e) {
                throw new IllegalStateException(
                        "vault.keys cannot unwrap what the key '"
                                + sample.wrapped().kek()
                                + "' has wrapped: "
                                + e.getMessage(),
                        e);
            }
        }
    }

    /** A token's card, with its number. */
    public record Opened(Card card, PlainCard plain) {}

    /**
     * The card to pay with.
     *
     * @return empty when the tenant has no such token, or its card is not approved yet
     * @throws KeyUnavailable when it cannot be decrypted
     */
    public Optional<Opened> open(long tenant, UUID token) {
        return tokens.whole(tenant, token)
                .filter(whole -> !whole.token().pending())
                .map(whole -> opened(tenant, whole));
    }

    private Opened opened(long tenant, TokenStore.Whole whole) {
        Card card = whole.token().card();
        byte[] context = Cipher.context(PURPOSE, tenant, whole.token().id());
        byte[] plain = keys.cipher(whole.key()).decrypt(whole.sealed(), context);
        String[] text = new String(plain, StandardCharsets.UTF_8).split("\n", 2);

        return new Opened(
                card,
                new PlainCard(
                        text[0],
                        card.expMonth(),
                        card.expYear(),
                        text.length == 2 ? Optional.of(text[1]) : Optional.empty()));
    }

    /** What begins with {@link #saving}: a data key is at hand, and nothing blocks any more. */
    public static final class Saving {
        private final long tenant;
        private final DataKeys.DataKey key;

        private Saving(long tenant, DataKeys.DataKey key) {
            this.tenant = tenant;
            this.key = key;
        }

        /**
         * The row of a card that is saved with a payment, for the change that stores it. Computes:
         * belongs on the crypto pool, with what else is computed for that.
         */
        public Row row(
                UUID token, PlainCard plain, Card card, Optional<String> customer, UUID payment) {
            TokenStore.Sealed sealed = sealed(tenant, token, plain, key);
            return Row.of(
                    TokenWrites.SAVE,
                    tenant + "/" + token,
                    tenant,
                    token,
                    "pending",
                    sealed.dataKey(),
                    sealed.bytes(),
                    card.brand(),
                    card.first6(),
                    card.last4(),
                    card.expMonth(),
                    card.expYear(),
                    card.hash(),
                    customer.orElse(null),
                    payment,
                    TypeId.time(token));
        }
    }

    /** Gets ready to save a card of this tenant with a payment. */
    public Saving saving(long tenant) {
        return new Saving(tenant, keys.current(tenant));
    }

    /**
     * What decides cards that are saved with payments whose end a process of a version before
     * wrote, which knew nothing of cards; for upkeep.
     */
    public static List<String> upkeep() {
        return TokenStore.UPKEEP;
    }

    /** What a payment's end makes of the card that was saved with it. */
    public static Row decided(long tenant, UUID token, UUID payment, boolean approved) {
        return Row.of(
                approved ? TokenWrites.APPROVE : TokenWrites.DISCARD,
                tenant + "/" + token,
                tenant,
                token,
                payment);
    }

    Token keep(long tenant, PlainCard plain, Optional<String> customer) {
        UUID id = TypeId.next();
        Token token =
                new Token(
                        id,
                        false,
                        Card.of(plain, hashes),
                        customer,
                        Optional.empty(),
                        TypeId.time(id));
        while (!tokens.add(tenant, token, sealed(tenant, id, plain, keys.current(tenant)))) {
            keys.forget(tenant);
        }
        return token;
    }

    Optional<Token> find(long tenant, UUID token) {
        return tokens.find(tenant, token);
    }

    List<Token> list(long tenant, String customer, UUID after, int limit) {
        return tokens.list(tenant, customer, after, limit);
    }

    boolean delete(long tenant, UUID token) {
        return tokens.delete(tenant, token);
    }

    private static TokenStore.Sealed sealed(
            long tenant, UUID token, PlainCard plain, DataKeys.DataKey key) {
        String text = plain.number() + plain.holderName().map(name -> "\n" + name).orElse("");
        return new TokenStore.Sealed(
                token,
                key.id(),
                key.cipher()
                        .encrypt(
                                text.getBytes(StandardCharsets.UTF_8),
                                Cipher.context(PURPOSE, tenant, token)));
    }
}
