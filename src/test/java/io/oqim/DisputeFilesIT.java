package io.oqim;

import static org.assertj.core.api.Assertions.assertThat;

import io.oqim.crypto.Hashes;
import io.oqim.store.Database;
import io.oqim.store.TypeId;
import jakarta.json.JsonObject;
import java.util.HexFormat;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Evidence: what is taken, what is not, and what is left of what broke off. */
class DisputeFilesIT {
    private static Rig rig;
    private static Disputed disputes;

    @BeforeAll
    static void start() {
        rig =
                Rig.start(
                        Map.of(
                                "disputes.poll", "20ms",
                                "disputes.pause", "50ms",
                                "disputes.every", "1s",
                                "upkeep.every", "1s",
                                "disputes.max-file", "600000",
                                "disputes.max-files", "2"));
        disputes = new Disputed(rig);
    }

    @AfterAll
    static void stop() {
        Shop.assertAuditFindsNothing(rig);
        rig.close();
    }

    private static String dispute() {
        return disputes.disputed(10_000, "").getString("id");
    }

    private static Api.Answer file(String dispute, byte[] bytes, Map<String, String> headers) {
        return rig.api().upload("/v1/disputes/" + dispute + "/files?name=a.png", bytes, headers);
    }

    @Test
    void aFileIsStoredInPartsAndItsDigestTold() {
        String id = dispute();
        byte[] bytes = Disputed.pdf(600_000);

        Api.Answer answer = disputes.file(id, bytes);

        assertThat(answer.status()).as(answer.body()).isEqualTo(201);
        assertThat(answer.json().getInt("size")).isEqualTo(600_000);
        assertThat(answer.text("sha256")).isEqualTo(HexFormat.of().formatHex(Hashes.sha256(bytes)));
        assertThat(answer.text("name")).isEqualTo("receipt.pdf");
        JsonObject listed =
                rig.api()
                        .get("/v1/disputes/" + id + "/files")
                        .json()
                        .getJsonArray("data")
                        .getJsonObject(0);
        assertThat(listed).isEqualTo(answer.json());
        try (Database database = rig.database()) {
            assertThat(
                            database.query(
                                    "SELECT length(data) FROM dispute_file_part p JOIN dispute_file f USING (tenant, file)"
                                            + " WHERE f.size = 600000 ORDER BY number",
                                    row -> row.getInt(1)))
                    .containsExactly(262_144, 262_144, 75_712);
        }
    }

    @Test
    void whatIsNotWhatItSaysOrTooLongOrNothingIsRefused() {
        String id = dispute();
        byte[] png = HexFormat.of().parseHex("89504e470d0a1a0a0000");

        assertThat(file(id, png, Map.of("Content-Type", "image/png")).status()).isEqualTo(201);
        assertThat(file(id, png, Map.of("Content-Type", "image/jpeg")).code())
                .isEqualTo("invalid_file");
        Api.Answer zip = file(id, png, Map.of("Content-Type", "application/zip"));
        assertThat(zip.status()).isEqualTo(415);
        assertThat(file(id, png, Map.of()).status()).isEqualTo(415);
        Api.Answer long1 = disputes.file(id, Disputed.pdf(600_001));
        assertThat(long1.status()).isEqualTo(413);
        assertThat(long1.text("detail")).contains("600000");
        assertThat(disputes.file(id, new byte[0]).code()).isEqualTo("body_required");
        assertThat(
                        rig.api()
                                .upload(
                                        "/v1/disputes/" + id + "/files",
                                        png,
                                        Map.of("Content-Type", "image/png"))
                                .text("param"))
                .isEqualTo("name");
        assertThat(
                        rig.api()
                                .upload(
                                        "/v1/disputes/" + id + "/files?name=..%2Fx",
                                        png,
                                        Map.of("Content-Type", "image/png"))
                                .text("param"))
                .isEqualTo("name");
        assertThat(files(id)).isEqualTo(1);
    }

    private static int files(String dispute) {
        return rig.api()
                .get("/v1/disputes/" + dispute + "/files")
                .json()
                .getJsonArray("data")
                .size();
    }

    @Test
    void aFileThatIsNotWhatItsDigestSaysIsNotThere() {
        String id = dispute();
        byte[] bytes = Disputed.pdf(300_000);
        String other = "sha-256=:uU0nuZNNPgilLlLX2n2r+sSE7+N6U4DukIj3rOLvzek=:";

        Api.Answer wrong =
                file(id, bytes, Map.of("Content-Type", "application/pdf", "Content-Digest", other));

        assertThat(wrong.code()).isEqualTo("wrong_digest");
        assertThat(files(id)).isZero();
        // Its parts are removed once they are old.
        try (Database database = rig.database()) {
            String strays =
                    " FROM dispute_file_part p WHERE NOT EXISTS (SELECT FROM dispute_file f WHERE f.file = p.file)";
            assertThat(count(database, strays)).isEqualTo(2);
            rig.postgres()
                    .admin(
                            rig.databaseName(),
                            "UPDATE dispute_file_part SET created_at = now() - interval '2 days'");
            long ignored = Until.is(() -> count(database, strays), left -> left == 0);
        }
    }

    private static long count(Database database, String from) {
        return database.first("SELECT count(*)" + from, row -> row.getLong(1)).orElseThrow();
    }

    @Test
    void theSameFileAgainIsThereOnce() {
        String id = dispute();
        String first = disputes.file(id, Disputed.pdf(300_000)).text("id");

        Api.Answer again = disputes.file(id, Disputed.pdf(300_000));

        assertThat(again.status()).isEqualTo(201);
        assertThat(again.text("id")).isEqualTo(first);
        assertThat(files(id)).isEqualTo(1);
    }

    @Test
    void thereAreSoManyFilesAndNoMore() {
        String id = dispute();

        assertThat(disputes.file(id, Disputed.pdf(100)).status()).isEqualTo(201);
        assertThat(disputes.file(id, Disputed.pdf(101)).status()).isEqualTo(201);
        assertThat(disputes.file(id, Disputed.pdf(102)).code()).isEqualTo("too_many_files");
    }

    @Test
    void whatIsContestedNeedsEvidenceOfItsOwn() {
        String id = dispute();
        String other = disputes.file(dispute(), Disputed.pdf(100)).text("id");

        Api.Answer nothing = disputes.contest(id, "{}");
        assertThat(nothing.status()).isEqualTo(422);
        assertThat(nothing.code()).isEqualTo("missing_evidence");
        assertThat(
                        disputes.contest(id, "{\"text\":\"a\",\"files\":[\"%s\"]}".formatted(other))
                                .text("param"))
                .isEqualTo("files");
        assertThat(disputes.contest(id, "{\"text\":\"a\",\"when\":1}").code())
                .isEqualTo("unknown_field");
        assertThat(disputes.read(id).isNull("response")).isTrue();
    }

    @Test
    void disputesOfOthersDoNotExistAndAKeyForReadingAnswersNone() {
        String id = dispute();
        Api stranger = rig.otherMerchant().api();
        Api reader =
                rig.api(
                        rig.admin()
                                .post(
                                        "/admin/v1/merchants/"
                                                + TypeId.text("mer", rig.merchant())
                                                + "/keys",
                                        "{\"mode\":\"test\",\"scopes\":[\"read\"]}",
                                        Map.of())
                                .text("secret"));

        assertThat(stranger.get("/v1/disputes/" + id).status()).isEqualTo(404);
        assertThat(stranger.post("/v1/disputes/" + id + "/accept", "", Map.of()).status())
                .isEqualTo(404);
        assertThat(stranger.get("/v1/disputes").json().getJsonArray("data")).isEmpty();
        assertThat(reader.get("/v1/disputes/" + id).status()).isEqualTo(200);
        assertThat(reader.post("/v1/disputes/" + id + "/accept", "", Map.of()).code())
                .isEqualTo("missing_scope");
    }
}
