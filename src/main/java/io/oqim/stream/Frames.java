package io.oqim.stream;

import io.oqim.event.EventLog;
import io.oqim.http.Json;
import io.oqim.websocket.TextFrame;
import jakarta.json.stream.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** What the server says on a stream (asyncapi.yaml). */
final class Frames {
    private Frames() {}

    static TextFrame hello(EventLog.Bounds log, Duration heartbeat) {
        return TextFrame.of(
                Json.bytes(
                        out -> {
                            out.writeStartObject();
                            out.write("type", "hello");
                            write(out, log);
                            out.write("heartbeat_ms", heartbeat.toMillis());
                            out.writeEnd();
                        }));
    }

    /**
     * @param prev the last sequence number considered before this event
     * @param json the event, as all transports send it
     */
    static TextFrame event(long prev, byte[] json) {
        byte[] front =
                ("{\"type\":\"event\",\"prev\":" + prev + ",\"event\":")
                        .getBytes(StandardCharsets.US_ASCII);
        ByteArrayOutputStream out = new ByteArrayOutputStream(front.length + json.length + 1);
        out.writeBytes(front);
        out.writeBytes(json);
        out.write('}');
        return TextFrame.of(out.toByteArray());
    }

    static TextFrame caughtUp(long seq) {
        return position("caught_up", seq);
    }

    static TextFrame subscribed(long seq) {
        return position("subscribed", seq);
    }

    /** All events up to this one have been considered. */
    static TextFrame position(long seq) {
        return position("position", seq);
    }

    /** What the consumer has dealt with is on disk. */
    static TextFrame acked(long seq) {
        return position("acked", seq);
    }

    private static TextFrame position(String type, long seq) {
        return TextFrame.of("{\"type\":\"" + type + "\",\"seq\":" + seq + "}");
    }

    static TextFrame error(String code, String detail) {
        return TextFrame.of(
                Json.bytes(
                        out -> {
                            out.writeStartObject();
                            out.write("type", "error");
                            out.write("code", code);
                            out.write("detail", detail);
                            out.writeEnd();
                        }));
    }

    static TextFrame resyncRequired(EventLog.Bounds log) {
        return TextFrame.of(
                Json.bytes(
                        out -> {
                            out.writeStartObject();
                            out.write("type", "resync_required");
                            write(out, log);
                            out.writeEnd();
                        }));
    }

    /** What a log is like, as an object of its own. */
    static byte[] bounds(EventLog.Bounds log) {
        return Json.bytes(
                out -> {
                    out.writeStartObject();
                    write(out, log);
                    out.writeEnd();
                });
    }

    private static void write(JsonGenerator out, EventLog.Bounds log) {
        out.write("oldest", log.oldest());
        out.write("head", log.head());
        out.write("epoch", log.epoch());
    }
}
