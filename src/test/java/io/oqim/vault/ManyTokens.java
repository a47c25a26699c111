package io.oqim.vault;

import io.oqim.config.VaultConfig;
import io.oqim.store.Database;
import io.oqim.store.TypeId;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HexFormat;
import java.util.UUID;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;

/** Keeps more cards than anybody would send. */
public final class ManyTokens {
    private final Database database;
    private final DataKeys keys;

    public ManyTokens(Database database, VaultConfig config) {
        this.database = database;
        this.keys =
                new DataKeys(
                        new LocalKeys(config.keys()),
                        new DataKeyStore(database),
                        config,
                        config::dataKeyLife);
    }

    /**
     * As many of a tenant, all of one card.
     *
     * @param connection of somebody who may write the table
     */
    public void keep(Connection connection, long tenant, String number, int count)
            throws SQLException {
        DataKeys.DataKey key = keys.current(tenant);
        CopyIn copy =
                connection
                        .unwrap(PGConnection.class)
                        .getCopyAPI()
                        .copyIn(
                                "COPY token (tenant, token, status, data_key, sealed, brand, first6, last4,"
                                        + " exp_month, exp_year, card_hash, created_at) FROM STDIN");
        for (int i = 0; i < count; i++) {
            byte[] row =
                    row(tenant, TypeId.next(), number, key).getBytes(StandardCharsets.US_ASCII);
            copy.writeToCopy(row, 0, row.length);
        }
        long ignored = copy.endCopy();
    }

    private static String row(long tenant, UUID token, String number, DataKeys.DataKey key) {
        byte[] sealed =
                key.cipher()
                        .encrypt(
                                number.getBytes(StandardCharsets.UTF_8),
                                Cipher.context(Vault.PURPOSE, tenant, token));
        return String.join(
                "\t",
                Long.toString(tenant),
                token.toString(),
                "active",
                key.id().toString(),
                "\\\\x" + HexFormat.of().formatHex(sealed),
                "visa",
                number.substring(0, 6),
                number.substring(number.length() - 4),
                "12",
                "2030",
                "\\\\x" + "00".repeat(32),
                "now\n");
    }

    /** How many are encrypted with the key that is the tenant's newest. */
    public long withTheNewestKey(long tenant) {
        return database.first(
                        """
                        SELECT count(*) FROM token WHERE tenant = ? AND data_key =
                            (SELECT data_key FROM data_key WHERE tenant = ? ORDER BY created_at DESC LIMIT 1)""",
                        row -> row.getLong(1),
                        tenant,
                        tenant)
                .orElseThrow();
    }
}
