package io.oqim.http;

import jakarta.json.stream.JsonGenerator;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * An error as callers see it: RFC 9457 problem details with a stable {@code code} and, where one
 * field is to blame, {@code param}. Every code is described in docs/errors.md, in order of
 * precedence.
 *
 * @param retryAfter when trying again may help; sent as {@code Retry-After}
 * @param param the dotted path of the field, header or query parameter at fault
 * @param members what else a program needs to know
 */
public record Problem(
        int status,
        String code,
        String title,
        String detail,
        Optional<String> param,
        Optional<Duration> retryAfter,
        Map<String, Object> members) {
    private static final String TYPES = "https://oqim.io/problems/";

    public static Problem of(int status, String code, String title, String detail) {
        return new Problem(
                status, code, title, detail, Optional.empty(), Optional.empty(), Map.of());
    }

    public static Problem of(int status, String code, String detail) {
        return of(status, code, title(code), detail);
    }

    /** A value of the right type that is refused. */
    public static Problem refused(String code, String param, String detail) {
        return of(422, code, detail).about(param);
    }

    /** A field that is missing, unknown or of the wrong type. */
    public static Problem malformed(String code, String param, String detail) {
        return of(400, code, detail).about(param);
    }

    public static Problem unauthenticated() {
        return of(
                401,
                "unauthenticated",
                "Send a valid API key as 'Authorization: Bearer oq_test_...' or 'oq_live_...'.");
    }

    public static Problem notFound(String what) {
        return of(404, "not_found", "There is no such " + what + ".");
    }

    public static Problem conflict(String code, String detail) {
        return of(409, code, detail);
    }

    /** Refused now, and nothing of it was done. */
    public static Problem busy(String code, String detail, Duration retryAfter) {
        return of(503, code, detail).retryAfter(retryAfter);
    }

    public Problem about(String path) {
        return new Problem(status, code, title, detail, Optional.of(path), retryAfter, members);
    }

    public Problem retryAfter(Duration after) {
        return new Problem(status, code, title, detail, param, Optional.of(after), members);
    }

    /** With one more member, a text or a number, for programs. */
    public Problem with(String name, Object value) {
        Map<String, Object> more = new LinkedHashMap<>(members);
        more.put(name, value);
        return new Problem(status, code, title, detail, param, retryAfter, more);
    }

    /** The problem as {@code application/problem+json}. */
    public byte[] json(String requestId) {
        return Json.bytes(
                out -> {
                    out.writeStartObject();
                    write(out, requestId);
                    out.writeEnd();
                });
    }

    private void write(JsonGenerator out, String requestId) {
        out.write("type", TYPES + code.replace('_', '-'));
        out.write("title", title);
        out.write("status", status);
        out.write("detail", detail);
        out.write("code", code);
        param.ifPresent(path -> out.write("param", path));
        members.forEach(
                (name, value) -> {
                    if (value instanceof Long number) {
                        out.write(name, number);
                    } else {
                        out.write(name, value.toString());
                    }
                });
        if (!requestId.isEmpty()) {
            out.write("request_id", requestId);
        }
    }

    /** Titles are constant for a code: its words. */
    private static String title(String code) {
        String words = code.replace('_', ' ');
        return Character.toUpperCase(words.charAt(0)) + words.substring(1);
    }
}
