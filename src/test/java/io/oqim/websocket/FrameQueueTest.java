package io.oqim.websocket;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class FrameQueueTest {
    private final FrameQueue queue = new FrameQueue(TestServer.settings());

    @Test
    void waitingFramesGoIntoOneWrite() {
        TextFrame a = TextFrame.of("a");
        BinaryFrame b = BinaryFrame.of(new byte[300]);
        queue.add(a);
        queue.add(b);

        assertThat(queue.nextBatch()).isEqualTo(ClientFrames.joined(a.wire, b.wire));
        assertThat(queue.nextBatch()).isNull();
    }

    @Test
    void aSingleFrameIsWrittenWithoutACopy() {
        TextFrame frame = TextFrame.of("shared by thousands");
        queue.add(frame);

        assertThat(queue.nextBatch()).isSameAs(frame.wire);
    }

    @Test
    void oneWriteHasAtMostSixteenKibibytesUnlessOneFrameIsLarger() {
        BinaryFrame large = BinaryFrame.of(new byte[20_000]);
        BinaryFrame small = BinaryFrame.of(new byte[7_000]);
        List.of(large, small, small, small).forEach(queue::add);

        assertThat(batchSizes()).containsExactly(20_004, 14_008, 7_004);
    }

    @Test
    void whatIsBeingWrittenStillTakesRoom() {
        Settings settings = TestServer.settings();
        for (int i = 0; i < settings.maxQueuedFrames(); i++) {
            queue.add(TextFrame.of("x"));
        }
        queue.nextBatch();

        assertThat(queue.hasRoomFor(TextFrame.of("y"))).isFalse();
        queue.clear();
        assertThat(queue.hasRoomFor(TextFrame.of("y"))).isFalse();
        queue.nextBatch();
        assertThat(queue.hasRoomFor(TextFrame.of("y"))).isTrue();
    }

    @Test
    void bytesAreLimitedToo() {
        int max = TestServer.settings().maxQueuedBytes();

        assertThat(queue.hasRoomFor(BinaryFrame.of(new byte[max - 10]))).isTrue();
        queue.add(BinaryFrame.of(new byte[20]));
        assertThat(queue.hasRoomFor(BinaryFrame.of(new byte[max - 10]))).isFalse();
    }

    @Test
    void floodsOfPingsAreAnsweredBySixteenPongsAndTheLatest() {
        for (int i = 0; i < 10_000; i++) {
            queue.addPong(new byte[] {(byte) (i >> 8), (byte) i});
        }

        byte[] wire = queue.nextBatch();

        assertThat(wire).hasSize(17 * 4);
        assertThat(Arrays.copyOf(wire, 4)).containsExactly(0x8A, 2, 0, 0);
        assertThat(Arrays.copyOfRange(wire, 64, 68)).containsExactly(0x8A, 2, 0x27, 0x0F);
        assertThat(queue.nextBatch()).isNull();
    }

    @Test
    void aPingOvertakesAndOnlyOneWaits() {
        queue.add(TextFrame.of("a"));
        queue.addPing();
        queue.addPing();

        assertThat(queue.nextBatch()).startsWith(0x89, 0).hasSize(5);
        queue.addPing();
        assertThat(queue.nextBatch()).containsExactly(0x89, 0);
    }

    private List<Integer> batchSizes() {
        List<Integer> sizes = new ArrayList<>();
        for (byte[] batch = queue.nextBatch(); batch != null; batch = queue.nextBatch()) {
            sizes.add(batch.length);
        }
        return sizes;
    }
}
