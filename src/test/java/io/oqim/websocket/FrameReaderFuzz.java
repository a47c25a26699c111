package io.oqim.websocket;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Frames of a socket: read the same in whatever pieces they come, or refused by RFC 6455's codes.
 */
class FrameReaderFuzz {
    private static final int MAX = 1_000;

    @FuzzTest(maxDuration = "2m")
    void framesAreReadTheSameInWhateverPiecesTheyCome(FuzzedDataProvider data) {
        int piece = data.consumeInt(1, 50);
        byte[] wire = data.consumeRemainingAsBytes();

        List<String> whole = read(wire, Math.max(1, wire.length));

        assertThat(read(wire, piece)).isEqualTo(whole);
        assertThat(read(wire, 1)).isEqualTo(whole);
    }

    /** What is read, up to the end or to the breach that ends it. */
    private static List<String> read(byte[] wire, int piece) {
        int[] position = {0};
        FrameReader reader =
                new FrameReader(
                        () -> {
                            int from = position[0];
                            position[0] = Math.min(wire.length, from + piece);
                            return from == wire.length
                                    ? null
                                    : Arrays.copyOfRange(wire, from, position[0]);
                        },
                        MAX);
        List<String> read = new ArrayList<>();
        try {
            while (true) {
                switch (reader.next()) {
                    case Inbound.Text(String text) -> {
                        assertThat(text.length()).isLessThanOrEqualTo(MAX);
                        read.add("text " + text);
                    }
                    case Inbound.Binary(byte[] payload) -> {
                        assertThat(payload.length).isLessThanOrEqualTo(MAX);
                        read.add("binary " + Arrays.toString(payload));
                    }
                    case Inbound.Ping(byte[] payload) ->
                            read.add("ping " + Arrays.toString(payload));
                    case Inbound.Pong(byte[] payload) ->
                            read.add("pong " + Arrays.toString(payload));
                    case Inbound.Close(Ending(int code, String reason)) -> {
                        assertThat(code).isBetween(1000, 4999);
                        read.add("close " + code + " " + reason);
                    }
                    case Inbound.Disconnected() -> {
                        return read;
                    }
                }
            }
        } catch (ProtocolException breach) {
            assertThat(breach.ending().code())
                    .isIn(
                            CloseCode.PROTOCOL_ERROR,
                            CloseCode.INVALID_PAYLOAD,
                            CloseCode.MESSAGE_TOO_BIG);
            read.add("breach " + breach.ending().code());
            return read;
        }
    }
}
