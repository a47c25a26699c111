package io.oqim;

import static org.assertj.core.api.Assertions.assertThat;

import io.oqim.crypto.Hashes;
import io.oqim.dev.PostgresServer;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;

/**
 * A thief has the database, Redis and the log, and this source code. He tries all that he has as a
 * key: for what is sealed, and for the keyed hash of a card, of which the first six and last four
 * digits leave a hundred thousand numbers to try. With the keys that are in neither, he succeeds.
 */
class StolenDumpIT {
    private static final String NUMBER = "4539578763621486";

    /** What is kept of a card, as the thief finds it. */
    private record Loot(
            long tenant, UUID token, byte[] sealed, byte[] hash, UUID dataKey, byte[] wrapped) {}

    @Test
    void whoHasTheDatabaseRedisAndTheLogHasNoCard() throws Exception {
        try (Rig rig = Rig.start();
                GatewayProcess oqim = GatewayProcess.start(rig, Rig.freePort(), "stolen.log")) {
            Api api = oqim.api(rig.otherMerchant(OptionalInt.of(100)).api().key());
            use(api);
            Loot loot = loot(rig);
            List<byte[]> found = new ArrayList<>();
            for (byte[] table : NoCardsIT.tables(rig).values()) {
                found.addAll(fields(table));
            }
            found.addAll(words(NoCardsIT.redis(rig)));
            found.addAll(words(Files.readAllBytes(Path.of("target", "it", "stolen.log"))));
            assertThat(found).hasSizeGreaterThan(500);

            for (byte[] value : found) {
                for (byte[] key : keys(value)) {
                    assertThat(card(loot, key)).as("the card").isEmpty();
                    assertThat(dataKey(loot, key)).as("a data key").isEmpty();
                    assertThat(Hashes.hmac(key, bytes(NUMBER)))
                            .as("the hash")
                            .isNotEqualTo(loot.hash());
                }
                assertThat(Hashes.hmac(derived(value), bytes(NUMBER)))
                        .as("the hash, by a key that is derived")
                        .isNotEqualTo(loot.hash());
            }
            assertThat(Hashes.sha256(bytes(NUMBER))).as("a plain hash").isNotEqualTo(loot.hash());

            // That is how it is done, by whoever has the keys.
            byte[] kek = Base64.getDecoder().decode(rig.setting("vault.keys").split(":", 2)[1]);
            byte[] dataKey = dataKey(loot, kek).orElseThrow();
            assertThat(new String(card(loot, dataKey).orElseThrow(), StandardCharsets.UTF_8))
                    .isEqualTo(NUMBER);
            assertThat(Hashes.hmac(derived(bytes(rig.setting("crypto.key"))), bytes(NUMBER)))
                    .isEqualTo(loot.hash());
        }
    }

    private static void use(Api api) {
        Api.Answer kept =
                api.post(
                        "/v1/tokens",
                        "{\"card\":{\"number\":\"%s\",\"exp_month\":12,\"exp_year\":2030}}"
                                .formatted(NUMBER),
                        Map.of());
        assertThat(kept.status()).as(kept.body()).isEqualTo(201);
        for (int i = 0; i < 5; i++) {
            Api.Answer paid = api.pay(UUID.randomUUID().toString(), Api.payment(5_000, NUMBER, ""));
            assertThat(paid.text("status")).isEqualTo("captured");
        }
    }

    private static Loot loot(Rig rig) throws Exception {
        try (Connection connection =
                        DriverManager.getConnection(
                                rig.postgres().url(rig.databaseName()),
                                "postgres",
                                PostgresServer.PASSWORD);
                Statement statement = connection.createStatement();
                ResultSet row =
                        statement.executeQuery(
                                "SELECT t.tenant, t.token, t.sealed, t.card_hash, t.data_key, d.wrapped"
                                        + " FROM token t JOIN data_key d USING (tenant, data_key)")) {
            assertThat(row.next()).isTrue();
            return new Loot(
                    row.getLong(1),
                    row.getObject(2, UUID.class),
                    row.getBytes(3),
                    row.getBytes(4),
                    row.getObject(5, UUID.class),
                    row.getBytes(6));
        }
    }

    /** The fields of a binary COPY: a head of 19 bytes, then rows of fields with their lengths. */
    private static List<byte[]> fields(byte[] table) {
        List<byte[]> fields = new ArrayList<>();
        ByteBuffer rows = ByteBuffer.wrap(table).position(19);
        for (int count = rows.getShort(); count >= 0; count = rows.getShort()) {
            for (int i = 0; i < count; i++) {
                int length = rows.getInt();
                if (length >= 0) {
                    byte[] field = new byte[length];
                    rows.get(field);
                    fields.add(field);
                }
            }
        }
        return fields;
    }

    private static List<byte[]> words(byte[] text) {
        return Arrays.stream(new String(text, StandardCharsets.ISO_8859_1).split("[\\s\"{}:,]+"))
                .distinct()
                .map(word -> word.getBytes(StandardCharsets.ISO_8859_1))
                .toList();
    }

    /** Keys of 32 bytes that a value may be, or begin or end with, or have, or be made into. */
    private static List<byte[]> keys(byte[] value) {
        List<byte[]> keys = new ArrayList<>();
        keys.add(Hashes.sha256(value));
        for (int i = 0; i + 32 <= Math.min(value.length, 128); i++) {
            keys.add(Arrays.copyOfRange(value, i, i + 32));
        }
        return keys;
    }

    private static Optional<byte[]> card(Loot loot, byte[] key) {
        return opened(loot.sealed(), key, context("oqim card v1", loot.tenant(), loot.token()));
    }

    private static Optional<byte[]> dataKey(Loot loot, byte[] key) {
        return opened(
                loot.wrapped(), key, context("oqim data key v1", loot.tenant(), loot.dataKey()));
    }

    private static Optional<byte[]> opened(byte[] sealed, byte[] key, byte[] context) {
        try {
            Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
            cipher.init(
                    Cipher.DECRYPT_MODE,
                    new SecretKeySpec(key, "AES"),
                    new GCMParameterSpec(128, sealed, 0, 12));
            cipher.updateAAD(context);
            return Optional.of(cipher.doFinal(sealed, 12, sealed.length - 12));
        } catch (GeneralSecurityException e) {
            return Optional.empty();
        }
    }

    private static byte[] context(String purpose, long tenant, UUID id) {
        return ByteBuffer.allocate(purpose.length() + 24)
                .put(bytes(purpose))
                .putLong(tenant)
                .putLong(id.getMostSignificantBits())
                .putLong(id.getLeastSignificantBits())
                .array();
    }

    /** The key of card hashes that a value would make, if it were {@code crypto.key}. */
    private static byte[] derived(byte[] value) {
        return value.length == 0 ? new byte[32] : Hashes.hmac(value, bytes("oqim card hash v1"));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
