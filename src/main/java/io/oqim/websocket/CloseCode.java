package io.oqim.websocket;

/** The close codes this room sends or reports (RFC 6455 section 7.4, and 4000 up for our own). */
public final class CloseCode {
    public static final int NORMAL = 1000;
    public static final int GOING_AWAY = 1001;
    public static final int PROTOCOL_ERROR = 1002;
    public static final int UNSUPPORTED_DATA = 1003;

    /** Reported when the peer's Close carried no code; never on the wire. */
    public static final int NO_CODE = 1005;

    /** Reported when the connection ended without any Close; never on the wire. */
    public static final int ABNORMAL = 1006;

    public static final int INVALID_PAYLOAD = 1007;
    public static final int POLICY_VIOLATION = 1008;
    public static final int MESSAGE_TOO_BIG = 1009;
    public static final int INTERNAL_ERROR = 1011;

    /** The peer reads slower than we send. */
    public static final int SLOW_CONSUMER = 4008;

    /** The peer answered no ping. */
    public static final int NO_PONG = 4012;

    private CloseCode() {}

    /**
     * Whether a Close frame may carry this code. 1004 to 1006 and 1015 are reserved, 1012 to 1014
     * are registered with IANA after the RFC, 3000 up belongs to libraries and applications.
     */
    static boolean mayBeSent(int code) {
        return (code >= 1000 && code <= 1003)
                || (code >= 1007 && code <= 1014)
                || (code >= 3000 && code <= 4999);
    }

    static void requireSendable(int code) {
        if (!mayBeSent(code)) {
            throw new IllegalArgumentException("not a close code for the wire: " + code);
        }
    }
}
