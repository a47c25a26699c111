package io.oqim.websocket;

import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/** The frames that wait for one socket, counted and bounded. Not for several threads at once. */
final class FrameQueue {
    /** Frames are gathered up to this size into one write: the system call is the cost. */
    private static final int BATCH_BYTES = 16 * 1024;

    /** Pongs that may wait; section 5.5.3 allows to answer only the latest of further pings. */
    private static final int MAX_PONGS = 16;

    private final Settings settings;
    private ArrayDeque<OutboundMessage> waiting = new ArrayDeque<>(1);
    // What the writer has taken counts until it asks for the next batch.
    private int frames;
    private int bytes;
    private int takenFrames;
    private int takenBytes;
    private boolean pingWaits;
    private int pongs;
    private @Nullable ControlFrame latestPong;

    FrameQueue(Settings settings) {
        this.settings = settings;
    }

    boolean hasRoomFor(OutboundMessage message) {
        return frames < settings.maxQueuedFrames()
                && message.size() <= settings.maxQueuedBytes() - bytes;
    }

    /** Control frames of our own need no room: there is one Close and one waiting ping at most. */
    void add(OutboundMessage message) {
        waiting.addLast(message);
        count(message);
    }

    /** Overtakes what waits, but for a ping that waits already and will do for both. */
    void addPing() {
        if (!pingWaits) {
            pingWaits = true;
            waiting.addFirst(ControlFrame.ping());
            count(ControlFrame.ping());
        }
    }

    void addPong(byte[] payload) {
        ControlFrame pong = ControlFrame.pong(payload);
        if (pongs == MAX_PONGS) {
            latestPong = pong;
        } else {
            pongs++;
            add(pong);
        }
    }

    /** Forgets what waits; also gives back the array of a queue that grew. */
    void clear() {
        waiting = new ArrayDeque<>(1);
        frames = takenFrames;
        bytes = takenBytes;
        pingWaits = false;
        pongs = 0;
        latestPong = null;
    }

    /** What to write next, the batch before being done; null if nothing waits. */
    byte @Nullable [] nextBatch() {
        frames -= takenFrames;
        bytes -= takenBytes;
        takenFrames = 0;
        takenBytes = 0;
        if (waiting.isEmpty()) {
            clear();
            return null;
        }
        OutboundMessage first = take();
        return fits(waiting.peekFirst()) ? merged(first) : first.wire;
    }

    private byte[] merged(OutboundMessage first) {
        ArrayDeque<OutboundMessage> batch = new ArrayDeque<>();
        batch.add(first);
        while (fits(waiting.peekFirst())) {
            batch.add(take());
        }
        byte[] merged = new byte[takenBytes];
        int end = 0;
        for (OutboundMessage message : batch) {
            System.arraycopy(message.wire, 0, merged, end, message.size());
            end += message.size();
        }
        return merged;
    }

    private boolean fits(@Nullable OutboundMessage message) {
        return message != null && message.size() <= BATCH_BYTES - takenBytes;
    }

    private OutboundMessage take() {
        OutboundMessage message = waiting.removeFirst();
        takenFrames++;
        takenBytes += message.size();
        pingWaits &= message != ControlFrame.ping();
        if (message instanceof ControlFrame control && control.isPong()) {
            pongs--;
            ControlFrame latest = latestPong;
            if (latest != null) {
                latestPong = null;
                pongs++;
                add(latest);
            }
        }
        return message;
    }

    private void count(OutboundMessage message) {
        frames++;
        bytes += message.size();
    }
}
