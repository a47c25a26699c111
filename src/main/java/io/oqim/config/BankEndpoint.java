package io.oqim.config;

import java.net.URI;
import java.time.Duration;
import java.util.Optional;

/** One bank. */
public record BankEndpoint(
        String name,
        Mode mode,
        URI url,
        Optional<URI> journalUrl,
        Secret key,
        TlsConfig tls,
        int maxConcurrent,
        boolean tokens,
        boolean challenges,
        boolean disputes,
        boolean voidByReference,
        Duration longestDelay,
        Duration authorizationValidity) {

    /** Unless it is configured. */
    static final Duration AUTHORIZATION_VALIDITY = Duration.ofDays(7);

    /** Whose payments a bank takes. */
    public enum Mode {
        TEST,
        LIVE
    }

    static BankEndpoint read(Settings s, String name) {
        String prefix = "banks." + name + ".";
        if (!name.matches("[a-z][a-z0-9]{0,19}") && !name.equals("<name>")) {
            s.problem("banks." + name, "must be named by 1 to 20 lower-case letters and digits");
        }
        return new BankEndpoint(
                name,
                s.choice(prefix + "mode", Mode.TEST, "which tenants it serves"),
                url(s, prefix),
                journalUrl(s, prefix),
                key(s, prefix + "key"),
                TlsConfig.read(s, prefix, "the bank"),
                s.integer(
                        prefix + "max-concurrent",
                        2000,
                        Bounds.of(1, 100_000),
                        "payments at once (bulkhead); more are refused before anything is stored"),
                s.flag(
                        prefix + "tokens",
                        false,
                        "whether the bank gives tokens for cards that are told to it alone, and is paid by them"),
                s.flag(
                        prefix + "challenges",
                        false,
                        "whether the bank makes the customer prove who they are (3-D Secure) when it is told to; rules that want it"
                                + " refuse the payment without"),
                s.flag(
                        prefix + "disputes",
                        false,
                        "whether the bank tells of chargebacks, in order, and takes answers to them"),
                s.flag(
                        prefix + "void-by-reference",
                        true,
                        "whether the bank can void what has our reference, also what it has not seen; without it, an"
                                + " unknown outcome waits for longest-delay"),
                s.duration(
                        prefix + "longest-delay",
                        Duration.ofMinutes(1),
                        Span.seconds(1, 86_400 * 30),
                        "how long after sending the bank may still process a request, or deny that it did; after it, 'not found' is"
                                + " true"),
                s.duration(
                        prefix + "authorization-validity",
                        AUTHORIZATION_VALIDITY,
                        Span.millis(100, 86_400_000L * 365),
                        "how long an authorization may wait for its captures; then it is released and expired"));
    }

    /** The same bank, at the address of its journal. */
    public BankEndpoint journal() {
        return new BankEndpoint(
                name,
                mode,
                journalUrl.orElseThrow(),
                journalUrl,
                key,
                tls,
                maxConcurrent,
                tokens,
                challenges,
                disputes,
                voidByReference,
                longestDelay,
                authorizationValidity);
    }

    /** What the bank calls itself: the last part of its address. */
    public String bankName() {
        String path = url.getPath();
        return path.substring(path.lastIndexOf('/') + 1);
    }

    private static Optional<URI> journalUrl(Settings s, String prefix) {
        String text =
                s.text(
                        prefix + "journal-url",
                        "",
                        "where the bank shows what it has written down, for the audit; empty means that it is not"
                                + " compared");
        if (text.isEmpty()) {
            return Optional.empty();
        }
        Optional<URI> url = httpUrl(text).filter(given -> given.getRawQuery() == null);
        if (url.isPresent() && url.get().getRawFragment() == null) {
            return url;
        }
        s.problem(
                prefix + "journal-url",
                "must be empty or an http or https URL with a host, but is '" + text + "'");
        return Optional.empty();
    }

    private static Secret key(Settings s, String name) {
        Secret key = s.secret(name, "bearer token that the bank knows us by");
        if (!key.reveal().matches("[!-~]*")) {
            s.problem(name, "must be printable ASCII without spaces");
        }
        return key;
    }

    private static URI url(Settings s, String prefix) {
        String text =
                s.text(
                        prefix + "url",
                        "http://127.0.0.1:8090/alpha",
                        "base URL of the bank protocol");
        Optional<URI> url = httpUrl(text);
        if (url.isPresent()) {
            return url.get();
        }
        s.problem(
                prefix + "url", "must be an http or https URL with a host, but is '" + text + "'");
        return URI.create("http://127.0.0.1");
    }

    /** With a host: without one, the address of this machine would be asked. */
    static Optional<URI> httpUrl(String text) {
        try {
            URI url = URI.create(text);
            boolean http = "http".equals(url.getScheme()) || "https".equals(url.getScheme());
            return http && url.getHost() != null ? Optional.of(url) : Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
