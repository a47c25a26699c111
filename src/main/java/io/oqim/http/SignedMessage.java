package io.oqim.http;

import java.util.Locale;
import java.util.Optional;

/**
 * What a signature can speak of in a message (RFC 9421 section 2).
 *
 * <p>Paths and queries are as they were sent: nothing is decoded or made shorter.
 */
public interface SignedMessage {
    /** A request's method. */
    default Optional<String> method() {
        return Optional.empty();
    }

    /** A request's host, and its port if that was sent. */
    default Optional<String> authority() {
        return Optional.empty();
    }

    /** A request's path. */
    default Optional<String> path() {
        return Optional.empty();
    }

    /** A request's query without its question mark. */
    default Optional<String> query() {
        return Optional.empty();
    }

    /** An answer's status. */
    default Optional<Integer> status() {
        return Optional.empty();
    }

    /**
     * A field's lines with a comma and a blank between them.
     *
     * @param name in lower case
     */
    Optional<String> field(String name);

    /** The request that this answers. */
    default Optional<SignedMessage> request() {
        return Optional.empty();
    }

    /** The value of a component without parameters; empty when the message has no such thing. */
    default Optional<String> component(String name) {
        return switch (name) {
            case "@method" -> method();
            case "@authority" -> authority().map(SignedMessage::normalized);
            case "@path" -> path().map(path -> path.isEmpty() ? "/" : path);
            case "@query" -> path().map(any -> "?" + query().orElse(""));
            case "@request-target" ->
                    path().map(path -> path + query().map(query -> "?" + query).orElse(""));
            case "@status" -> status().map(status -> Integer.toString(status));
            default -> name.startsWith("@") ? Optional.empty() : field(name);
        };
    }

    /** In lower case, and without a port that goes without saying. */
    private static String normalized(String authority) {
        return authority.toLowerCase(Locale.ROOT).replaceFirst(":(80|443)$", "");
    }
}
