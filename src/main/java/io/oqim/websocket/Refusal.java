package io.oqim.websocket;

import java.util.Map;

/** Why a request was not upgraded. Nothing has been answered yet: that is the caller's part. */
public sealed interface Refusal {
    /** Only GET is upgraded. */
    record WrongMethod() implements Refusal {}

    /** An ordinary request: no {@code Upgrade: websocket} with {@code Connection: upgrade}. */
    record NotAnUpgrade() implements Refusal {}

    /** Another version than 13, the only one there is. */
    record WrongVersion() implements Refusal {}

    /** The request asks for an upgrade, but not in the way of RFC 6455 section 4.2.1. */
    record Malformed(String detail) implements Refusal {}

    /** As many sockets are open as {@link Settings#maxConnections} allows. */
    record Full() implements Refusal {}

    /** The server is about to stop. */
    record Draining() implements Refusal {}

    /** The HTTP status that fits. */
    default int status() {
        return switch (this) {
            case WrongMethod() -> 405;
            case NotAnUpgrade(), WrongVersion() -> 426;
            case Malformed _ -> 400;
            case Full(), Draining() -> 503;
        };
    }

    /** One sentence for the client. */
    default String detail() {
        return switch (this) {
            case WrongMethod() -> "A WebSocket is opened by GET.";
            case NotAnUpgrade() ->
                    "This is a WebSocket: send Upgrade: websocket and Connection: Upgrade.";
            case WrongVersion() -> "Sec-WebSocket-Version must be 13.";
            case Malformed(String what) -> what;
            case Full() -> "Too many WebSockets are open.";
            case Draining() -> "The server is about to stop.";
        };
    }

    /**
     * Headers the answer must have (RFC 6455 section 4.4, RFC 9110 sections 15.5.6 and 15.5.22).
     */
    default Map<String, String> headers() {
        return switch (this) {
            case WrongMethod() -> Map.of("Allow", "GET");
            case NotAnUpgrade() -> Map.of("Upgrade", "websocket");
            case WrongVersion() -> Map.of("Upgrade", "websocket", "Sec-WebSocket-Version", "13");
            case Malformed _ -> Map.of();
            case Full(), Draining() -> Map.of("Retry-After", "1");
        };
    }
}
