package io.oqim.merchant;

import io.oqim.http.Problem;
import io.oqim.http.Refusal;
import java.util.Locale;

/** What a key may be used for. */
public enum KeyScope {
    /** Looking, in all ways: reads, events, streams and their tickets. */
    READ,
    /** Payments, captures, cancels and adjustments, and cards that are kept. */
    PAY,
    /** Refunds. */
    REFUND,
    /** Webhook endpoints, and what is sent to them. */
    ENDPOINTS,
    /** The blocklist and the allow-list. */
    RISK;

    private static final String ENDPOINT_PATHS = "/v1/webhook_endpoints";
    private static final String STREAM_PATHS = "/v1/stream";

    /** What a request needs. */
    static KeyScope needed(String method, String path) {
        if (path.startsWith("/v1/blocklist") || path.startsWith("/v1/allowlist")) {
            return RISK;
        }
        if (path.startsWith(ENDPOINT_PATHS)) {
            return ENDPOINTS;
        }
        if (method.equals("GET") || method.equals("HEAD") || path.startsWith(STREAM_PATHS)) {
            return READ;
        }
        return path.endsWith("/refunds") ? REFUND : PAY;
    }

    /** As the API writes it. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    static KeyScope parse(String text) {
        return valueOf(text.toUpperCase(Locale.ROOT));
    }

    Refusal missing() {
        return new Refusal(
                Problem.of(
                        403,
                        "missing_scope",
                        "This key may not be used for that: it lacks the scope '" + text() + "'."));
    }
}
