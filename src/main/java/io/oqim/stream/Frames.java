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

    /**
     * What a command came to. The body's bytes are those that REST would answer with.
     *
     * @param id the command's
     */
    static TextFrame result(String id, Commands.Result result) {
        byte[] front =
                Json.bytes(
                        out -> {
                            out.writeStartObject();
                            out.write("type", "result");
                            out.write("id", id);
                            out.write("status", result.status());
                            if (result.eventSeq() > 0) {
                                out.write("event_seq", result.eventSeq());
                            }
                            if (result.replayed()) {
                                out.write("replayed", true);
                            }
                            result.retryAfter()
                                    .ifPresent(
                                            after ->
                                                    out.write(
                                                            "retry_after",
                                                            Math.max(1, after.toSeconds())));
                            out.writeEnd();
                        });
        byte[] name = ",\"body\":".getBytes(StandardCharsets.US_ASCII);
        ByteArrayOutputStream out =
                new ByteArrayOutputStream(front.length + name.length + result.body().length);
        out.write(front, 0, front.length - 1);
        out.writeBytes(name);
        out.writeBytes(result.body());
        out.write('}');
        return TextFrame.of(out.toByteArray());
    }

    /**
     * What happens right now.
     *
     * @param json one thing that has happened
     */
    static TextFrame trace(byte[] json) {
        byte[] front = "{\"type\":\"trace\",\"trace\":".getBytes(StandardCharsets.US_ASCII);
        ByteArrayOutputStream out = new ByteArrayOutputStream(front.length + json.length + 1);
        out.writeBytes(front);
        out.writeBytes(json);
        out.write('}');
        return TextFrame.of(out.toByteArray());
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
