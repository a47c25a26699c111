package io.oqim.websocket;

import io.helidon.common.socket.HelidonSocket;
import io.helidon.common.socket.PlainSocket;
import java.lang.reflect.Field;
import org.jspecify.annotations.Nullable;

/**
 * The buffer into which Helidon reads from a plain socket: 8 KiB for each connection, as long as it
 * lives, which is half of what an idle WebSocket costs. There is no setting for it, so a smaller
 * one is put in its place (docs/decisions/0006-idle-sockets.md). Where that is not possible any
 * more, sockets work the same and cost more.
 */
final class ReadBuffer {
    /** Room for a client's usual frames; longer ones take more reads. */
    private static final int BYTES = 512;

    private static final @Nullable Field FIELD = field();

    private ReadBuffer() {}

    private static @Nullable Field field() {
        try {
            Field field = PlainSocket.class.getDeclaredField("readBuffer");
            field.setAccessible(true);
            return field.getType() == byte[].class ? field : null;
        } catch (ReflectiveOperationException | RuntimeException e) {
            return null;
        }
    }

    /** Called while nobody reads. */
    static void shrink(HelidonSocket socket) {
        Field field = FIELD;
        if (field == null || !(socket instanceof PlainSocket)) {
            return;
        }
        try {
            field.set(socket, new byte[BYTES]);
        } catch (IllegalAccessException | RuntimeException e) {
            // It stays as large as it was.
        }
    }
}
