package io.oqim.sandbox;

import static io.oqim.sandbox.DisputedSandbox.about;
import static io.oqim.sandbox.DisputedSandbox.accept;
import static io.oqim.sandbox.DisputedSandbox.contest;
import static io.oqim.sandbox.DisputedSandbox.part;
import static io.oqim.sandbox.DisputedSandbox.stated;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.oqim.sandbox.RunningSandbox.Reply;
import jakarta.json.Json;
import jakarta.json.JsonObjectBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class DisputeResponsesIT {
    private static final int PART = Evidence.MAX_PART_BYTES;

    @TempDir Path books;
    private RunningSandbox sandbox;
    private DisputedSandbox disputes;
    private String dispute;

    @BeforeEach
    void start() throws Exception {
        sandbox = RunningSandbox.at(books);
        disputes = new DisputedSandbox(sandbox);
        sandbox.times("dispute_ms", 0);
        sandbox.sale("s1", 1_500);
        dispute = disputes.raised(about("s1"));
    }

    @AfterEach
    void stop() {
        sandbox.close();
    }

    @Test
    void contestWithAllItsFilesIsReviewed() throws Exception {
        byte[] large = bytes(2 * PART + 77);
        byte[] small = bytes(10);
        assertThat(sendAll("large.1", large)).containsExactly(1, 2, 3);
        assertThat(sendAll("F:2", small)).containsExactly(1);

        Reply reply =
                disputes.respond(
                        dispute,
                        contest(
                                "x1",
                                "We sent it.",
                                stated("large.1", large),
                                stated("F:2", small)));

        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.text("status")).isEqualTo("under_review");
        assertThat(reply.body()).isEqualTo(disputes.feed().getLast());
        assertThat(evidence()).isEmpty();
    }

    @Test
    void partsMayComeInAnyOrderTwiceAndOverARestart() throws Exception {
        byte[] whole = bytes(PART + 5);
        byte[] head = Arrays.copyOf(whole, PART);
        byte[] tail = Arrays.copyOfRange(whole, PART, whole.length);
        disputes.sendPart(dispute, "f1", 1, part(2, bytes(9)));
        assertThat(parts(disputes.sendPart(dispute, "f1", 1, part(2, tail)))).isEqualTo(1);
        sandbox.close();
        sandbox = RunningSandbox.at(books);
        disputes = new DisputedSandbox(sandbox);
        assertThat(parts(disputes.sendPart(dispute, "f1", 0, part(2, head)))).isEqualTo(2);
        assertThat(parts(disputes.sendPart(dispute, "f1", 0, part(2, head)))).isEqualTo(2);

        Reply reply = disputes.respond(dispute, contest("x1", "So.", stated("f1", whole)));

        assertThat(reply.status()).isEqualTo(200);
    }

    @Test
    void contestWhoseFilesAreNotThereAsStatedIsRefused() throws Exception {
        byte[] whole = bytes(2 * PART);
        disputes.sendPart(dispute, "f1", 0, part(2, Arrays.copyOf(whole, PART)));

        assertThat(contestWith(whole, stated("f1", whole))).isEqualTo("evidence_incomplete");
        disputes.sendPart(dispute, "f1", 1, part(2, Arrays.copyOfRange(whole, PART, 2 * PART)));
        byte[] other = whole.clone();
        other[0]++;
        assertThat(contestWith(whole, stated("f1", other))).isEqualTo("evidence_incomplete");
        assertThat(contestWith(whole, stated("f1", whole).add("size", 5)))
                .isEqualTo("evidence_incomplete");
        assertThat(contestWith(whole, stated("f2", whole))).isEqualTo("evidence_incomplete");
        assertThat(disputes.feed()).hasSize(1);

        assertThat(disputes.respond(dispute, contest("x1", "", stated("f1", whole))).status())
                .isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource({"winning_evidence, won", "losing_evidence, lost"})
    void evidenceDecides(String text, String outcome) throws Exception {
        Reply reply = disputes.respond(dispute, contest("x1", "See " + text + "!"));

        assertThat(reply.text("status")).isEqualTo("under_review");
        assertThat(disputes.untilChanges(3))
                .containsExactly(
                        "needs_response s1 1500", "under_review s1 1500", outcome + " s1 1500");
    }

    @Test
    void sameResponseAgainIsToldHowTheDisputeStands() throws Exception {
        disputes.respond(dispute, contest("x1", "winning_evidence"));
        disputes.untilChanges(3);

        Reply again = disputes.respond(dispute, contest("x1", "winning_evidence"));

        assertThat(again.status()).isEqualTo(200);
        assertThat(again.body()).isEqualTo(disputes.feed().getLast());
        assertThat(again.text("status")).isEqualTo("won");
        assertThat(disputes.feed()).hasSize(3);
    }

    @Test
    void anotherResponseComesTooLate() throws Exception {
        disputes.respond(dispute, accept("x1"));

        Reply other = disputes.respond(dispute, contest("x2", "No!"));

        assertThat(other.status()).isEqualTo(409);
        assertThat(other.code()).isEqualTo("dispute_closed");
        assertThat(disputes.sendPart(dispute, "f1", 0, part(1, bytes(1))).code())
                .isEqualTo("dispute_closed");
        assertThat(disputes.changes())
                .containsExactly("needs_response s1 1500", "accepted s1 1500");
    }

    @Test
    void manyResponsesAtOnceAreOne() throws Exception {
        List<Integer> statuses =
                AtOnce.run(20, number -> disputes.respond(dispute, accept("x" + number)).status());

        assertThat(statuses).containsOnlyOnce(200).contains(409);
        assertThat(disputes.feed()).hasSize(2);
    }

    @Test
    void responseWhoseReplyWasDroppedCanBeRepeated() throws Exception {
        sandbox.control(
                "PUT",
                "/faults",
                Json.createArrayBuilder()
                        .add(
                                Json.createObjectBuilder()
                                        .add("operation", "dispute_response")
                                        .add("probability", 1)
                                        .add("times_left", 1)
                                        .add("action", "drop_after"))
                        .build());
        assertThatThrownBy(() -> disputes.respond(dispute, accept("x1")))
                .isInstanceOf(IOException.class);

        assertThat(disputes.respond(dispute, accept("x1")).text("status")).isEqualTo("accepted");
        assertThat(sandbox.journal("?reference=" + dispute).getLast().getString("fault"))
                .isEqualTo("drop_after");
    }

    @Test
    void partsAreBounded() throws Exception {
        assertThat(disputes.sendPart(dispute, "f1", 0, part(21, bytes(1))).status()).isEqualTo(422);
        assertThat(disputes.sendPart(dispute, "f1", 2, part(2, bytes(1))).status()).isEqualTo(422);
        assertThat(disputes.sendPart(dispute, "f1", 0, part(1, bytes(PART + 1))).status())
                .isEqualTo(422);
        assertThat(
                        disputes.sendPart(
                                        dispute, "f1", 0, part(1, bytes(1)).add("type", "text/css"))
                                .text("field"))
                .isEqualTo("type");
        assertThat(disputes.sendPart(dispute, "f1", 0, part(1, bytes(1)).add("data", "?")).status())
                .isEqualTo(422);
        assertThat(disputes.sendPart("unknown", "f1", 0, part(1, bytes(1))).code())
                .isEqualTo("dispute_not_found");
        assertThat(evidence()).isEmpty();
    }

    @Test
    void filesAreBoundedAndHaveOneNumberOfParts() throws Exception {
        for (int i = 0; i < Evidence.MAX_FILES; i++) {
            assertThat(disputes.sendPart(dispute, "f" + i, 0, part(20, bytes(1))).status())
                    .isEqualTo(200);
        }

        assertThat(disputes.sendPart(dispute, "more", 0, part(1, bytes(1))).text("field"))
                .isEqualTo("file");
        assertThat(disputes.sendPart(dispute, "f0", 19, part(20, bytes(1))).status())
                .isEqualTo(200);
        assertThat(disputes.sendPart(dispute, "f0", 1, part(19, bytes(1))).text("field"))
                .isEqualTo("of");
    }

    @Test
    void responseMayBeLongButNotTooLong() throws Exception {
        assertThat(disputes.respond(dispute, contest("x1", "x".repeat(20_001))).text("field"))
                .isEqualTo("text");
        assertThat(disputes.respond(dispute, contest("x1", "ў".repeat(20_000)).add("action", "?")))
                .extracting(reply -> reply.text("field"))
                .isEqualTo("action");
        assertThat(disputes.respond(dispute, contest("x1", "€".repeat(20_000))).status())
                .isEqualTo(200);
    }

    @Test
    void onlyEvidenceMayBeLarge() throws Exception {
        String large = "x".repeat(Sandbox.MAX_LARGE_BODY_BYTES + 1);
        String path = "/alpha/v1/disputes/" + dispute + "/files/f1/parts/0";
        String less = "x".repeat(Sandbox.MAX_BODY_BYTES + 1);

        assertThat(sandbox.send("POST", path, large).statusCode()).isEqualTo(413);
        assertThat(sandbox.send("POST", "/alpha/v1/payments", less).statusCode()).isEqualTo(413);
        assertThat(sandbox.send("PUT", "/control/faults", less).statusCode()).isEqualTo(413);
    }

    private String contestWith(byte[] whole, JsonObjectBuilder file) throws Exception {
        Reply reply = disputes.respond(dispute, contest("x1", "", file));
        assertThat(reply.status()).as("%d bytes", whole.length).isEqualTo(422);
        return reply.code();
    }

    private List<Integer> sendAll(String file, byte[] whole) throws Exception {
        int of = (whole.length + PART - 1) / PART;
        Integer[] answers = new Integer[of];
        for (int i = 0; i < of; i++) {
            byte[] data =
                    Arrays.copyOfRange(whole, i * PART, Math.min((i + 1) * PART, whole.length));
            answers[i] = parts(disputes.sendPart(dispute, file, i, part(of, data)));
        }
        return List.of(answers);
    }

    private static int parts(Reply reply) {
        assertThat(reply.status()).as(reply.body().toString()).isEqualTo(200);
        return reply.body().getInt("parts");
    }

    private static byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }

    private List<Path> evidence() throws IOException {
        Path folder = books.resolve("evidence");
        if (Files.notExists(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile).toList();
        }
    }
}
