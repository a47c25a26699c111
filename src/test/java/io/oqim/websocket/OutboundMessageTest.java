package io.oqim.websocket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class OutboundMessageTest {
    @Test
    void lengthsAreInTheirShortestForm() {
        assertThat(TextFrame.of("ab").wire).containsExactly(0x81, 2, 'a', 'b');
        assertThat(header(125, 2)).containsExactly(0x82, 125);
        assertThat(header(126, 4)).containsExactly(0x82, 126, 0, 126);
        assertThat(header(65_535, 4)).containsExactly(0x82, 126, 0xFF, 0xFF);
        assertThat(header(65_536, 10)).containsExactly(0x82, 127, 0, 0, 0, 0, 0, 1, 0, 0);
    }

    @Test
    void textThatIsNotUtf8IsRefused() {
        assertThatThrownBy(() -> TextFrame.of(new byte[] {(byte) 0xC0, (byte) 0x80}))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void longCloseReasonsAreCutBetweenCodePoints() {
        byte[] wire = ControlFrame.close(4001, "x" + "€".repeat(50)).wire;

        assertThat(wire[1]).isEqualTo((byte) (2 + 1 + 3 * 40));
        assertThat(new String(wire, 4, wire.length - 4, StandardCharsets.UTF_8))
                .isEqualTo("x" + "€".repeat(40));
    }

    @Test
    void closesWithoutACodeAreEmpty() {
        assertThat(new Ending(CloseCode.NO_CODE, "").frame().wire).containsExactly(0x88, 0);
    }

    private static byte[] header(int payload, int size) {
        BinaryFrame frame = BinaryFrame.of(new byte[payload]);
        assertThat(frame.size()).isEqualTo(size + payload);
        return Arrays.copyOf(frame.wire, size);
    }
}
