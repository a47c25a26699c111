package io.oqim.sandbox;

import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.webserver.http.ServerResponse;
import jakarta.json.JsonObject;

/**
 * An HTTP reply.
 *
 * @param processed it is the result of new processing, not a refusal or a repetition
 */
record Reply(int status, JsonObject body, boolean processed) {
    private static final int TOO_MANY_REQUESTS = 429;
    private static final String RETRY_AFTER_SECONDS = "1";

    static Reply of(JsonObject body) {
        return new Reply(200, body, true);
    }

    static Reply of(Refusal refusal) {
        return new Reply(refusal.status(), refusal.body(), false);
    }

    static Reply of(Answer.Refused refused) {
        return new Reply(refused.status(), error(refused.code(), refused.message()), false);
    }

    static JsonObject error(String code, String message) {
        return JsonText.object().add("code", code).add("message", message).build();
    }

    void send(ServerResponse response) {
        if (status == TOO_MANY_REQUESTS) {
            response.header(HeaderNames.RETRY_AFTER, RETRY_AFTER_SECONDS);
        }
        send(response, JsonText.bytes(body));
    }

    /** Sends the first half only, which is no JSON any more. */
    void sendMalformed(ServerResponse response) {
        byte[] whole = JsonText.bytes(body);
        byte[] half = new byte[whole.length / 2];
        System.arraycopy(whole, 0, half, 0, half.length);
        send(response, half);
    }

    private void send(ServerResponse response, byte[] bytes) {
        response.status(status);
        response.header(HeaderValues.CONTENT_TYPE_JSON);
        response.send(bytes);
    }
}
