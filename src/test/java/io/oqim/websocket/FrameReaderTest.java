package io.oqim.websocket;

import static io.oqim.websocket.ClientFrames.FIN;
import static io.oqim.websocket.ClientFrames.bytes;
import static io.oqim.websocket.ClientFrames.frame;
import static io.oqim.websocket.ClientFrames.joined;
import static io.oqim.websocket.ClientFrames.masked;
import static io.oqim.websocket.ClientFrames.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class FrameReaderTest {
    private static final int MAX = 70_000;
    private static final byte[] NONE = new byte[0];

    @ParameterizedTest(name = "{0}")
    @MethodSource("wellFormed")
    void wellFormedFramesAreRead(String name, byte[] wire, List<String> expected) {
        assertThat(read(wire, wire.length)).isEqualTo(expected);
        assertThat(read(wire, 1)).isEqualTo(expected);
        assertThat(read(wire, 7)).isEqualTo(expected);
    }

    static Stream<Arguments> wellFormed() {
        return Stream.of(wholeMessages(), fragments(), controlFrames()).flatMap(frames -> frames);
    }

    private static Stream<Arguments> wholeMessages() {
        return Stream.of(
                good("empty text", text(""), "text "),
                good("text", text("κόσμε €"), "text κόσμε €"),
                good("125 bytes", text("x".repeat(125)), "text " + "x".repeat(125)),
                good("126 bytes", text("x".repeat(126)), "text " + "x".repeat(126)),
                good("65536 bytes", text("x".repeat(65_536)), "text " + "x".repeat(65_536)),
                good("binary", frame(FIN | Opcode.BINARY, bytes(0, 255)), "binary [0, -1]"),
                good("end within a frame", Arrays.copyOf(text("half"), 8)));
    }

    private static Stream<Arguments> fragments() {
        byte[] utf8 = "κόσμε €".getBytes(StandardCharsets.UTF_8);
        byte[] rest = Arrays.copyOfRange(utf8, 1, utf8.length);
        byte[] halved =
                joined(
                        frame(Opcode.TEXT, Arrays.copyOf(utf8, 1)),
                        frame(FIN | Opcode.CONTINUATION, rest));
        byte[] interrupted =
                joined(
                        frame(Opcode.TEXT, NONE),
                        frame(Opcode.CONTINUATION, bytes('a')),
                        frame(FIN | Opcode.PING, NONE),
                        frame(FIN | Opcode.CONTINUATION, bytes('b')));
        return Stream.of(
                good("code point over two fragments", halved, "text κόσμε €"),
                good("ping between fragments", interrupted, "ping []", "text ab"));
    }

    private static Stream<Arguments> controlFrames() {
        String longest = "x".repeat(123);
        return Stream.of(
                good("ping", frame(FIN | Opcode.PING, bytes(1)), "ping [1]"),
                good("pong", frame(FIN | Opcode.PONG, NONE), "pong []"),
                good("close", frame(FIN | Opcode.CLOSE, NONE), "close 1005 "),
                good("close 1000", ClientFrames.close(1000, "bye"), "close 1000 bye"),
                good("close 4999", ClientFrames.close(4999, ""), "close 4999 "),
                good("longest reason", ClientFrames.close(3000, longest), "close 3000 " + longest));
    }

    @ParameterizedTest(name = "{1}: {0}")
    @MethodSource("illFormed")
    void illFormedFramesFailWithTheirCode(String name, int code, byte[] wire) {
        assertThat(failure(wire, wire.length)).isEqualTo(code);
        assertThat(failure(wire, 1)).isEqualTo(code);
    }

    static Stream<Arguments> illFormed() {
        return Stream.of(badHeaders(), badLengths(), badSequences(), badPayloads())
                .flatMap(frames -> frames);
    }

    private static Stream<Arguments> badHeaders() {
        return Stream.of(
                bad("RSV1", 1002, frame(FIN | 0x40 | Opcode.TEXT, NONE)),
                bad("RSV2", 1002, frame(FIN | 0x20 | Opcode.PING, NONE)),
                bad("RSV3", 1002, frame(FIN | 0x10 | Opcode.BINARY, NONE)),
                bad("opcode 3", 1002, frame(FIN | 3, NONE)),
                bad("opcode 7", 1002, frame(FIN | 7, NONE)),
                bad("opcode 11", 1002, frame(FIN | 11, NONE)),
                bad("opcode 15", 1002, frame(FIN | 15, NONE)),
                bad("no mask", 1002, bytes(FIN | Opcode.TEXT, 1, 'a')),
                bad("ping of 126 bytes", 1002, frame(FIN | Opcode.PING, new byte[126])),
                bad("fragmented ping", 1002, frame(Opcode.PING, NONE)),
                bad("fragmented close", 1002, frame(Opcode.CLOSE, NONE)));
    }

    private static Stream<Arguments> badLengths() {
        byte[] inSixteenBits = bytes(0x81, 126, 0, 125);
        byte[] inSixtyFourBits = bytes(0x81, 127, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF);
        byte[] negative = bytes(0x82, 127, 0x80, 0, 0, 0, 0, 1, 0, 0);
        byte[] oneTooMany = bytes(0x82, 127, 0, 0, 0, 0, 0, 1, 0x11, 0x71);
        byte[] longest = bytes(0x82, 127, 0x7F, 255, 255, 255, 255, 255, 255, 255);
        return Stream.of(
                bad("125 in 16 bits", 1002, masked(inSixteenBits, new byte[125])),
                bad("65535 in 64 bits", 1002, masked(inSixtyFourBits, NONE)),
                bad("64-bit length below zero", 1002, masked(negative, NONE)),
                bad("longer than allowed", 1009, masked(oneTooMany, NONE)),
                bad("longest length", 1009, masked(longest, NONE)));
    }

    private static Stream<Arguments> badSequences() {
        byte[] last = frame(FIN | Opcode.CONTINUATION, NONE);
        byte[] full = frame(Opcode.BINARY, new byte[MAX]);
        byte[] oneMore = frame(Opcode.CONTINUATION, new byte[1]);
        return Stream.of(
                bad("continuation first", 1002, last),
                bad("continuation after the end", 1002, joined(text("a"), last)),
                bad("message in a message", 1002, joined(frame(Opcode.TEXT, NONE), text("b"))),
                bad("fragments longer than allowed", 1009, joined(full, oneMore)));
    }

    private static Stream<Arguments> badPayloads() {
        byte[] cutReason = bytes(3, 0xE8, 0xE2, 0x82);
        return Stream.of(
                bad("close of one byte", 1002, frame(FIN | Opcode.CLOSE, bytes(3))),
                bad("close reason bad", 1007, frame(FIN | Opcode.CLOSE, bytes(3, 0xE8, 0xFF))),
                bad("close reason cut", 1007, frame(FIN | Opcode.CLOSE, cutReason)),
                bad("text cut", 1007, frame(FIN | Opcode.TEXT, bytes(0xE2, 0x82))),
                bad("surrogate", 1007, frame(FIN | Opcode.TEXT, bytes(0xED, 0xA0, 0x80))));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65535})
    void closeCodesThatMayNotBeSentAreRefused(int code) {
        assertThat(failure(ClientFrames.close(code, ""), 64)).isEqualTo(1002);
    }

    @Test
    void badTextFailsBeforeTheFrameEnds() {
        byte[] begun = Arrays.copyOf(frame(FIN | Opcode.TEXT, bytes('a', 0xFF, 'b', 'c')), 8);

        assertThat(failure(begun, 1)).isEqualTo(1007);
    }

    @Test
    void tooLongFailsBeforeThePayloadComes() {
        byte[] header = Arrays.copyOf(frame(FIN | Opcode.BINARY, new byte[MAX + 1]), 14);

        assertThat(failure(header, 1)).isEqualTo(1009);
    }

    @Test
    void randomBytesEndInAMessageOrAProtocolException() {
        for (int seed = 0; seed < 20_000; seed++) {
            Random random = new Random(seed);
            byte[] wire = new byte[random.nextInt(300)];
            random.nextBytes(wire);

            assertEndsProperly(wire, 1 + random.nextInt(40), seed);
        }
    }

    @Test
    void damagedConversationsEndInAMessageOrAProtocolException() {
        byte[] whole =
                joined(
                        frame(Opcode.TEXT, "κόσμ".getBytes(StandardCharsets.UTF_8)),
                        frame(FIN | Opcode.PING, bytes(1, 2, 3)),
                        frame(FIN | Opcode.CONTINUATION, new byte[200]),
                        frame(FIN | Opcode.BINARY, new byte[700]),
                        ClientFrames.close(4001, "bye"));
        for (int seed = 0; seed < 20_000; seed++) {
            Random random = new Random(seed);
            byte[] wire = whole.clone();
            for (int damage = 0; damage <= random.nextInt(4); damage++) {
                wire[random.nextInt(wire.length)] ^= (byte) (1 << random.nextInt(8));
            }

            assertEndsProperly(wire, 1 + random.nextInt(400), seed);
        }
    }

    private static void assertEndsProperly(byte[] wire, int chunk, int seed) {
        try {
            assertThat(read(wire, chunk)).isNotNull();
        } catch (ProtocolException e) {
            assertThat(e.ending().code()).as("seed %d", seed).isIn(1002, 1007, 1009);
        }
    }

    private static Arguments good(String name, byte[] wire, String... expected) {
        return Arguments.of(name, wire, List.of(expected));
    }

    private static Arguments bad(String name, int code, byte[] wire) {
        return Arguments.of(name, code, wire);
    }

    private static int failure(byte[] wire, int chunk) {
        List<Integer> codes = new ArrayList<>();
        assertThatThrownBy(() -> read(wire, chunk))
                .isInstanceOfSatisfying(ProtocolException.class, e -> codes.add(e.ending().code()));
        return codes.getFirst();
    }

    /** What the reader makes of the bytes when they come in pieces of this size. */
    private static List<String> read(byte[] wire, int chunk) {
        int[] position = {0};
        FrameReader reader =
                new FrameReader(
                        () -> {
                            int from = position[0];
                            position[0] = Math.min(wire.length, from + chunk);
                            return from == wire.length
                                    ? null
                                    : Arrays.copyOfRange(wire, from, position[0]);
                        },
                        MAX);
        List<String> read = new ArrayList<>();
        while (true) {
            Inbound inbound = reader.next();
            switch (inbound) {
                case Inbound.Text(String text) -> read.add("text " + text);
                case Inbound.Binary(byte[] payload) ->
                        read.add("binary " + Arrays.toString(payload));
                case Inbound.Ping(byte[] payload) -> read.add("ping " + Arrays.toString(payload));
                case Inbound.Pong(byte[] payload) -> read.add("pong " + Arrays.toString(payload));
                case Inbound.Close(Ending(int code, String reason)) ->
                        read.add("close " + code + " " + reason);
                case Inbound.Disconnected() -> {
                    return read;
                }
            }
        }
    }
}
