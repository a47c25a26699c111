package io.oqim.payment;

import io.oqim.http.Problem;
import io.oqim.http.Refusal;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Reads {@code Idempotency-Key} (draft-ietf-httpapi-idempotency-key-header-07, section 2.1): a
 * structured field string, {@code "k"}, or the same bare, {@code k}.
 */
final class IdempotencyKeyHeader {
    private static final Pattern PRINTABLE = Pattern.compile("[\\x20-\\x7e]{1,255}");

    private IdempotencyKeyHeader() {}

    /** The key of all lines that a request has; 400 when it is missing, malformed, or not alone. */
    static String read(List<String> lines) {
        if (lines.size() > 1) {
            throw refusal("invalid_idempotency_key", "A request has one key.");
        }
        return read(lines.stream().findFirst());
    }

    /** The key; 400 when it is missing or malformed. */
    static String read(Optional<String> header) {
        String text =
                header.map(String::strip)
                        .filter(value -> !value.isEmpty())
                        .orElseThrow(
                                () ->
                                        refusal(
                                                "idempotency_key_required",
                                                "Send a unique Idempotency-Key with every request that moves money."));
        String key = text.startsWith("\"") ? unquote(text) : text;
        if (!PRINTABLE.matcher(key).matches()) {
            throw refusal(
                    "invalid_idempotency_key", "A key has 1 to 255 printable ASCII characters.");
        }
        return key;
    }

    /** RFC 9651 section 4.2.5: within quotes, only quote and backslash are escaped. */
    private static String unquote(String text) {
        StringBuilder key = new StringBuilder();
        for (int i = 1; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"') {
                if (i == text.length() - 1) {
                    return key.toString();
                }
                break;
            }
            if (c == '\\') {
                i++;
                if (i == text.length() || (text.charAt(i) != '"' && text.charAt(i) != '\\')) {
                    break;
                }
                c = text.charAt(i);
            }
            key.append(c);
        }
        throw refusal(
                "invalid_idempotency_key", "A quoted key is a structured field string (RFC 9651).");
    }

    private static Refusal refusal(String code, String detail) {
        return new Refusal(Problem.malformed(code, "Idempotency-Key", detail));
    }
}
