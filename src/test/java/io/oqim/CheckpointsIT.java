package io.oqim;

import static org.assertj.core.api.Assertions.assertThat;

import io.oqim.crypto.SigningKey;
import io.oqim.event.Checkpoint;
import io.oqim.event.Notary;
import io.oqim.store.Database;
import io.oqim.store.TypeId;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a merchant can prove of his log, offline. */
class CheckpointsIT {
    private static Rig rig;
    @TempDir private static Path files;

    @BeforeAll
    static void start() {
        rig =
                Rig.start(
                        Map.of(
                                "checkpoints.poll", "50ms",
                                "checkpoints.every", "50ms",
                                "upkeep.every", "1s"));
    }

    @AfterAll
    static void stop() {
        rig.close();
    }

    @Test
    void anExportIsVerifiedAgainstSignedCheckpoints() throws IOException {
        Rig.Other merchant = merchantWithEvents(6);

        assertThat(verify(write(export(merchant)), merchant))
                .isEqualTo("good from 1 to 6, signed up to 6");
        // What is before it is vouched for if the moment of a checkpoint was just then.
        assertThat(verify(write(export(merchant).subList(2, 6)), merchant))
                .isIn(
                        "good from 3 to 6, signed up to 6",
                        "good from 3 to 6, signed up to 6; what is before 3 was not looked at");
    }

    @Test
    void whatIsNotTextAnyMoreWasChanged() throws IOException {
        Rig.Other merchant = merchantWithEvents(4);
        Path file = write(export(merchant));
        byte[] bytes = Files.readAllBytes(file);
        int third = new String(bytes, StandardCharsets.ISO_8859_1).indexOf("{\"seq\":3,");
        bytes[third + 400] = (byte) 0xff;
        Files.write(file, bytes);

        assertThat(verify(file)).startsWith("event 3 was changed");
    }

    @Test
    void keysThatAreNotThoseThatTheyAreNamedAndWordsThatContradictEachOtherAreRefused()
            throws IOException {
        Rig.Other merchant = merchantWithEvents(2);
        Path events = write(export(merchant));
        String keys = merchant.api().get("/v1/events/keys").body();
        String checkpoints = merchant.api().get("/v1/events/checkpoints").body();
        List<String> said = new ArrayList<>();

        assertThat(
                        new Verify(said::add)
                                .run(
                                        events,
                                        Optional.of(file("checkpoints", checkpoints)),
                                        Optional.of(
                                                file(
                                                        "named",
                                                        keys.replaceAll(
                                                                "\"id\":\"[0-9a-f]{4}",
                                                                "\"id\":\"0000")))))
                .isFalse();
        assertThat(said.getLast()).contains("is another one than its name says");

        // The same key has signed another log of this merchant, and somebody has kept its word.
        SigningKey key = SigningKey.of(new byte[32]);
        String own =
                "{\"data\":[{\"id\":\"%s\",\"public_key\":\"%s\"}]}"
                        .formatted(
                                Notary.id(key.publicKey()),
                                Base64.getEncoder().encodeToString(key.publicKey()));
        String two =
                "{\"data\":["
                        + signed(key, merchant.merchant(), "11")
                        + ","
                        + signed(key, merchant.merchant(), "22")
                        + "]}";
        assertThat(
                        new Verify(said::add)
                                .run(
                                        events,
                                        Optional.of(file("two", two)),
                                        Optional.of(file("own", own))))
                .isFalse();
        assertThat(said.getLast())
                .isEqualTo("two checkpoints that are signed say different things of event 2.");
    }

    private static String signed(SigningKey key, UUID merchant, String digits) {
        Instant now = Instant.parse("2026-11-25T00:00:00Z");
        byte[] hash = HexFormat.of().parseHex(digits.repeat(32));
        byte[] statement = Checkpoint.statement(merchant, "test", 2, hash, now);
        return ("{\"merchant\":\"%s\",\"mode\":\"test\",\"seq\":2,\"hash\":\"%s\",\"signed\":\"%s\","
                        + "\"key\":\"%s\",\"signature\":\"%s\"}")
                .formatted(
                        TypeId.text("mer", merchant),
                        digits.repeat(32),
                        now,
                        Notary.id(key.publicKey()),
                        Base64.getEncoder().encodeToString(key.sign(statement)));
    }

    @Test
    void theFirstEventThatWasDroppedChangedOrMovedIsNamed() throws IOException {
        Rig.Other merchant = merchantWithEvents(6);
        List<String> good = export(merchant);

        List<String> dropped = new ArrayList<>(good);
        dropped.remove(2);
        assertThat(verify(write(dropped))).startsWith("event 3 is missing").doesNotContain("moved");
        List<String> changed = new ArrayList<>(good);
        changed.set(3, changed.get(3).replace("\"amount\":1000", "\"amount\":1001"));
        assertThat(verify(write(changed))).startsWith("event 4 was changed");
        List<String> moved = new ArrayList<>(good);
        Collections.swap(moved, 1, 4);
        assertThat(verify(write(moved))).startsWith("event 2 is missing").contains("was moved");
        List<String> twice = new ArrayList<>(good);
        twice.add(3, good.get(2));
        assertThat(verify(write(twice))).startsWith("event 3 is out of its place");
        List<String> noise = new ArrayList<>(good);
        noise.set(0, "{}");
        assertThat(verify(write(noise))).startsWith("line 1 is not an event");
    }

    @Test
    void aLogThatIsCutAtItsEndOrHasAnotherInFrontIsNotTheOneThatWasSigned() throws IOException {
        Rig.Other merchant = merchantWithEvents(6);
        List<String> good = export(merchant);

        assertThat(verify(write(good.subList(0, 4)), merchant))
                .startsWith("event 5 is missing: a checkpoint says that the log goes on to 6");
        List<String> longer = new ArrayList<>(good);
        longer.add(0, good.getFirst().replace("{\"seq\":1,", "{\"seq\":0,"));
        assertThat(verify(write(longer), merchant)).startsWith("line 1 is not an event");
        assertThat(verify(write(List.of()), merchant)).startsWith("event 1 is missing");
    }

    @Test
    void aLogThatWasWrittenAnewIsNotTheOneThatWasSigned() throws IOException {
        Rig.Other merchant = merchantWithEvents(4);
        Rig.Other forged = merchantWithEvents(4);

        // Whole in itself, but not what Oqim has signed for this merchant.
        assertThat(verify(write(export(forged)))).isEqualTo("good from 1 to 4");
        assertThat(verify(write(export(forged)), merchant))
                .matches("event [1-4] was replaced: a signed checkpoint has another hash.");
    }

    @Test
    void aCheckpointThatIsNotSignedIsRefused() throws IOException {
        Rig.Other merchant = merchantWithEvents(2);
        String checkpoints = merchant.api().get("/v1/events/checkpoints").body();
        Path forged = files.resolve("forged.json");
        Files.writeString(
                forged, checkpoints.replaceAll("\"hash\":\"[0-9a-f]{4}", "\"hash\":\"0000"));
        List<String> said = new ArrayList<>();

        boolean good =
                new Verify(said::add)
                        .run(
                                write(export(merchant)),
                                Optional.of(forged),
                                Optional.of(
                                        file(
                                                "keys",
                                                merchant.api().get("/v1/events/keys").body())));

        assertThat(good).isFalse();
        assertThat(said.getLast()).contains("is not signed by one of the keys");
    }

    @Test
    void aNewKeySignsFromNowOnAndWhatTheOldOneHasSignedStaysGood() throws IOException {
        Rig.Other merchant = merchantWithEvents(2);
        rig.stopGateway();
        rig.startGateway(Map.of("checkpoints.key", "another-key-for-checkpoints-of-32-characters"));
        try {
            merchant.api().pay(1_000);
            awaitCheckpoint(merchant, 4);

            assertThat(merchant.api().get("/v1/events/checkpoints").json().getJsonArray("data"))
                    .extracting(value -> value.asJsonObject().getString("key"))
                    .satisfies(keys -> assertThat(Set.copyOf(keys)).hasSize(2));
            assertThat(verify(write(export(merchant)), merchant))
                    .isEqualTo("good from 1 to 4, signed up to 4");
        } finally {
            rig.stopGateway();
            rig.startGateway();
        }
    }

    @Test
    void monthsThatAreTooOldAreRemovedAndReadersHearOfIt() throws Exception {
        Rig.Other merchant = merchantWithEvents(6);
        try (Database database = rig.database();
                StreamClient reading =
                        new StreamClient(rig.port(), merchant.api().key(), "?after=0")) {
            long tenant = merchant.tenant(database);
            reading.next("hello");
            reading.next("subscribed");
            // As if the first four had happened two years ago.
            rig.postgres()
                    .admin(
                            rig.databaseName(),
                            "CREATE TABLE event_202401 PARTITION OF event FOR VALUES FROM ('2024-01-01') TO ('2024-02-01');"
                                    + "ALTER TABLE event_202401 OWNER TO oqim_migrate;"
                                    + ("WITH old AS (DELETE FROM event WHERE tenant = %d AND seq <= 4 RETURNING *)"
                                                    + " INSERT INTO event SELECT tenant, seq, id, type, payment,"
                                                    + " '2024-01-15'::timestamptz, body, prev_hash, hash FROM old")
                                            .formatted(tenant));

            Until.is(
                    () ->
                            database.first(
                                            "SELECT to_regclass('event_202401') IS NULL",
                                            row -> row.getBoolean(1))
                                    .orElseThrow(),
                    gone -> gone);

            Api.Answer old = merchant.api().get("/v1/events?after=0");
            assertThat(old.code()).isEqualTo("resync_required");
            assertThat(old.json().getInt("oldest")).isEqualTo(5);
            JsonObject page = merchant.api().get("/v1/events?after=4").json();
            JsonObject first = page.getJsonArray("data").getJsonObject(0);
            assertThat(first.getInt("seq")).isEqualTo(5);
            assertThat(
                            merchant.api()
                                    .get(
                                            "/v1/events?after=4&after_hash="
                                                    + first.getString("prev_hash"))
                                    .status())
                    .isEqualTo(200);
            assertThat(merchant.api().get("/v1/events?after=4&after_hash=" + "0".repeat(64)).code())
                    .isEqualTo("resync_required");
            try (StreamClient late =
                    new StreamClient(rig.port(), merchant.api().key(), "?after=2")) {
                late.next("hello");
                late.next("subscribed");
                assertThat(late.next("resync_required").getInt("oldest")).isEqualTo(5);
                assertThat(late.closeCode()).isEqualTo(4502);
            }
            // What was removed is signed for: the hash of its last event.
            JsonObject checkpoint =
                    merchant.api()
                            .get("/v1/events/checkpoints?after=5")
                            .json()
                            .getJsonArray("data")
                            .getJsonObject(0);
            assertThat(checkpoint.getInt("seq")).isEqualTo(4);
            assertThat(checkpoint.getString("hash")).isEqualTo(first.getString("prev_hash"));
            merchant.api().pay(1_000);
            assertThat(merchant.api().get("/v1/events?after=6").json().getJsonArray("data"))
                    .hasSize(2);
        }
    }

    private static Rig.Other merchantWithEvents(int events) {
        Rig.Other merchant = rig.otherMerchant();
        for (int i = 0; i < events / 2; i++) {
            merchant.api().pay(1_000);
        }
        awaitCheckpoint(merchant, events);
        return merchant;
    }

    @Test
    void aReaderWhoFallsBehindAllThatIsKeptIsToldAlsoWhenNothingComesAfterIt() throws Exception {
        Rig.Other merchant = merchantWithEvents(6);
        try (Database database = rig.database();
                StreamClient reading = new StreamClient(rig.port(), merchant.api().key(), "")) {
            long tenant = merchant.tenant(database);
            reading.next("hello");
            reading.send("{\"type\":\"subscribe\",\"after\":0,\"credit\":2}");
            reading.event();
            reading.event();
            rig.postgres()
                    .admin(
                            rig.databaseName(),
                            "CREATE TABLE event_202402 PARTITION OF event FOR VALUES FROM ('2024-02-01') TO ('2024-03-01');"
                                    + "ALTER TABLE event_202402 OWNER TO oqim_migrate;"
                                    + ("WITH old AS (DELETE FROM event WHERE tenant = %d RETURNING *)"
                                                    + " INSERT INTO event SELECT tenant, seq, id, type, payment,"
                                                    + " '2024-02-15'::timestamptz, body, prev_hash, hash FROM old")
                                            .formatted(tenant));
            Until.is(
                    () ->
                            database.first(
                                            "SELECT to_regclass('event_202402') IS NULL",
                                            row -> row.getBoolean(1))
                                    .orElseThrow(),
                    gone -> gone);

            reading.send("{\"type\":\"credit\",\"events\":100}");

            JsonObject frame = reading.any();
            while (!frame.getString("type").equals("resync_required")) {
                frame = reading.any();
            }
            assertThat(frame.getInt("oldest")).isEqualTo(7);
            assertThat(reading.closeCode()).isEqualTo(4502);
        }
    }

    private static void awaitCheckpoint(Rig.Other merchant, int seq) {
        Until.is(
                () ->
                        merchant.api()
                                .get("/v1/events/checkpoints?limit=1")
                                .json()
                                .getJsonArray("data")
                                .toString(),
                list -> list.contains("\"seq\":" + seq + ","));
    }

    private static List<String> export(Rig.Other merchant) {
        Api.Answer answer = merchant.api().get("/v1/events/export?after=0");
        assertThat(answer.header("Content-Type")).contains("application/x-ndjson");
        return answer.body().lines().toList();
    }

    private static Path write(List<String> lines) throws IOException {
        Path file = Files.createTempFile(files, "events", ".ndjson");
        return Files.write(file, lines);
    }

    private static Path file(String name, String content) throws IOException {
        return Files.writeString(Files.createTempFile(files, name, ".json"), content);
    }

    private static String verify(Path events) throws IOException {
        List<String> said = new ArrayList<>();
        boolean ignored = new Verify(said::add).run(events, Optional.empty(), Optional.empty());
        return said.getFirst();
    }

    private static String verify(Path events, Rig.Other merchant) throws IOException {
        List<String> said = new ArrayList<>();
        boolean ignored =
                new Verify(said::add)
                        .run(
                                events,
                                Optional.of(
                                        file(
                                                "checkpoints",
                                                merchant.api()
                                                        .get("/v1/events/checkpoints?limit=100")
                                                        .body())),
                                Optional.of(
                                        file(
                                                "keys",
                                                merchant.api().get("/v1/events/keys").body())));
        return said.getLast();
    }
}
