package io.oqim.websocket;

/** What the peer sent: a whole message, a control frame, or nothing any more. */
@SuppressWarnings("ArrayRecordComponent") // handed on once, never compared
sealed interface Inbound {
    record Text(String text) implements Inbound {}

    record Binary(byte[] payload) implements Inbound {}

    record Ping(byte[] payload) implements Inbound {}

    record Pong(byte[] payload) implements Inbound {}

    record Close(Ending ending) implements Inbound {}

    /** The stream ended, in the middle of a frame or between two. */
    record Disconnected() implements Inbound {}
}
