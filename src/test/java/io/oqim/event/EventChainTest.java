package io.oqim.event;

import static org.assertj.core.api.Assertions.assertThat;

import io.oqim.store.Change;
import io.oqim.store.Commit;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The hash chain, computed here a second time and by hand. */
class EventChainTest {
    private static final byte[] GENESIS = new byte[32];
    private static final UUID OPERATION = UUID.fromString("01890a5d-ac97-7000-8000-000000000000");
    private static final UUID PAYMENT = UUID.fromString("01890a5d-ac96-774b-bcce-b302099a8057");
    private static final Instant CREATED = Instant.parse("2026-11-23T20:31:05.123456Z");
    private static final byte[] DATA = "{\"amount\":5}".getBytes(StandardCharsets.UTF_8);

    private final EventSequencer sequencer = new EventSequencer();

    @Test
    void aLinkIsTheHashOfFiveLines() throws Exception {
        byte[] body = sha256("a body");

        byte[] link = sequencer.link(GENESIS, 1, CREATED, body);

        assertThat(link)
                .isEqualTo(
                        sha256(
                                "oqim.event.v1\n"
                                        + "0".repeat(64)
                                        + "\n1\n2026-11-23T20:31:05.123456Z\n"
                                        + HexFormat.of().formatHex(body)));
    }

    @Test
    void aChainOfEventsCanBeVerifiedFromItsJsonAlone() throws Exception {
        long seed = 7;
        Random random = new Random(seed);
        byte[] previous = GENESIS;
        String expectedPrevious = "0".repeat(64);
        for (long seq = 1; seq <= 50; seq++) {
            Change.Draft draft =
                    EventBody.draft(
                            "payment.captured",
                            PAYMENT,
                            OPERATION,
                            ("{\"n\":" + random.nextInt() + ",\"name\":\"Ўктам\"}")
                                    .getBytes(StandardCharsets.UTF_8));
            Instant created = CREATED.plusNanos(1000 * seq);
            byte[] hash = sequencer.link(previous, seq, created, draft.bodyHash());
            Event event = Event.of(new Commit.Place(draft, 1, seq, created, previous, hash));

            String verified =
                    verify(new String(event.json(), StandardCharsets.UTF_8), expectedPrevious);

            assertThat(verified)
                    .as("seed %d, seq %d", seed, seq)
                    .isEqualTo(HexFormat.of().formatHex(hash));
            previous = hash;
            expectedPrevious = verified;
        }
    }

    /** What docs/events.md tells a reader to do; returns the hash. */
    private static String verify(String json, String expectedPrevious) throws Exception {
        String front = json.substring(0, json.indexOf("\"id\":"));
        String body = "{" + json.substring(front.length());
        String seq = front.replaceAll(".*\"seq\":(\\d+),.*", "$1");
        String created = front.replaceAll(".*\"created\":\"([^\"]+)\".*", "$1");
        String previous = front.replaceAll(".*\"prev_hash\":\"([^\"]+)\".*", "$1");
        String hash = front.replaceAll(".*\"hash\":\"([^\"]+)\",$", "$1");
        String bodyHash = HexFormat.of().formatHex(sha256(body));
        String again =
                HexFormat.of()
                        .formatHex(
                                sha256(
                                        String.join(
                                                "\n",
                                                "oqim.event.v1",
                                                previous,
                                                seq,
                                                created,
                                                bodyHash)));
        assertThat(previous).isEqualTo(expectedPrevious);
        assertThat(hash).isEqualTo(again);
        return again;
    }

    static Stream<byte[]> links() {
        EventSequencer sequencer = new EventSequencer();
        byte[] other = new byte[32];
        other[31] = 1;
        return Stream.of(
                sequencer.link(other, 1, CREATED, GENESIS),
                sequencer.link(GENESIS, 2, CREATED, GENESIS),
                sequencer.link(GENESIS, 1, CREATED.plusNanos(1000), GENESIS),
                sequencer.link(GENESIS, 1, CREATED, other));
    }

    @ParameterizedTest
    @MethodSource("links")
    void everyPartOfALinkCounts(byte[] changed) {
        assertThat(changed).hasSize(32).isNotEqualTo(sequencer.link(GENESIS, 1, CREATED, GENESIS));
    }

    @Test
    void aDraftHoldsItsBodyAndTheHashOfIt() throws Exception {
        Change.Draft draft = EventBody.draft("payment.created", PAYMENT, OPERATION, DATA);

        String body = new String(draft.body(), StandardCharsets.UTF_8);
        assertThat(body)
                .matches(
                        "\\{\"id\":\"evt_[0-7][0-9a-z]{25}\",\"type\":\"payment.created\","
                                + "\"payment\":\"pay_01h455vb4pex5vsknk084sn02q\",\"operation\":\"op_01h455vb4qe008000000000000\",\"data\":\\{\"amount\":5}}");
        assertThat(draft.bodyHash()).isEqualTo(sha256(body));
        assertThat(draft.payment()).contains(PAYMENT);
        assertThat(draft.type()).isEqualTo("payment.created");
    }

    @Test
    void everyDraftIsAnEventOfItsOwn() {
        List<Change.Draft> drafts =
                List.of(
                        EventBody.draft("payment.created", PAYMENT, OPERATION, DATA),
                        EventBody.draft("payment.created", PAYMENT, OPERATION, DATA));

        assertThat(drafts).extracting(Change.Draft::id).doesNotHaveDuplicates();
    }

    @Test
    void anEventsJsonIsItsPlaceAndThenItsBodyAsItWasHashed() {
        byte[] body =
                "{\"id\":\"evt_x\",\"data\":{\"name\":\"Ўктам\"}}".getBytes(StandardCharsets.UTF_8);
        byte[] hash = new byte[32];
        hash[0] = (byte) 0xab;
        Event event =
                new Event(
                        9,
                        17,
                        PAYMENT,
                        "payment.created",
                        Optional.empty(),
                        CREATED,
                        body,
                        GENESIS,
                        hash);

        assertThat(new String(event.json(), StandardCharsets.UTF_8))
                .isEqualTo(
                        "{\"seq\":17,\"created\":\"2026-11-23T20:31:05.123456Z\",\"prev_hash\":\""
                                + "0".repeat(64)
                                + "\",\"hash\":\"ab"
                                + "0".repeat(62)
                                + "\",\"id\":\"evt_x\",\"data\":{\"name\":\"Ўктам\"}}");
    }

    @ParameterizedTest
    @CsvSource({
        "2026-11-23T20:31:05Z,2026-11-23T20:31:05.000000Z",
        "2026-11-23T20:31:05.1Z,2026-11-23T20:31:05.100000Z",
        "2026-11-23T20:31:05.123456789Z,2026-11-23T20:31:05.123456Z",
        "2026-11-23T23:31:05+03:00,2026-11-23T20:31:05.000000Z"
    })
    void timesHaveSixDecimalsAndAreUtc(String time, String text) {
        Instant instant = java.time.OffsetDateTime.parse(time).toInstant();

        assertThat(EventTime.text(instant)).isEqualTo(text);
    }

    private static byte[] sha256(String text) throws Exception {
        return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
    }
}
