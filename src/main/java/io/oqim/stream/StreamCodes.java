package io.oqim.stream;

/** Close codes of the stream: 4000 to 4499 mean reconnect, 4500 and up are final. */
final class StreamCodes {
    static final int SHUTDOWN = 4001;
    static final int EXPIRED = 4005;
    static final int SLOW_CONSUMER = 4008;
    static final int BAD_TOKEN = 4500;
    static final int BAD_REQUEST = 4501;
    static final int RESYNC = 4502;
    static final int TOO_MANY_CONNECTIONS = 4504;
    static final int INTERNAL = 1011;

    private StreamCodes() {}
}
