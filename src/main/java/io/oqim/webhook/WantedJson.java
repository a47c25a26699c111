package io.oqim.webhook;

import io.oqim.config.WebhooksConfig;
import io.oqim.event.EventFilter;
import io.oqim.http.JsonFields;
import io.oqim.http.Problem;
import io.oqim.http.Refusal;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Reads what a merchant says of an endpoint. */
final class WantedJson {
    private static final Pattern LITERAL = Pattern.compile("[0-9.]+|\\[.*]|0[xX].*");

    /** What a client or a server on the way may rewrite; the signature of a path would not hold. */
    private static final Pattern REWRITTEN = Pattern.compile("//|/\\.\\.?(/|$)|;");

    private final WebhooksConfig config;

    WantedJson(WebhooksConfig config) {
        this.config = config;
    }

    /**
     * @throws Refusal with what is wrong
     */
    EndpointStore.Wanted read(JsonFields body) {
        URI url = url(body.text("url", 2000));
        EndpointStore.Change rest = change(body);
        return new EndpointStore.Wanted(
                url,
                rest.description(),
                rest.types().orElse(List.of()),
                rest.ordered().orElse(false));
    }

    /**
     * What is left out stays as it is.
     *
     * @throws Refusal with what is wrong
     */
    EndpointStore.Change change(JsonFields body) {
        Optional<URI> url = body.optionalText("url", 2000).map(this::url);
        Optional<String> description = body.optionalText("description", 500);
        Optional<List<String>> types =
                body.optionalTexts(
                        "types", EventFilter.PATTERNS_MOST, EventFilter.PATTERN_LENGTH_MOST);
        if (!types.orElse(List.of()).stream().allMatch(EventFilter::isPattern)) {
            throw new Refusal(
                    Problem.refused(
                            "invalid_value",
                            "types",
                            "Each must be a type such as payment.captured, or a pattern such as payment.*."));
        }
        Optional<Boolean> ordered =
                body.has("ordered") ? Optional.of(body.flag("ordered", false)) : Optional.empty();
        body.end();
        return new EndpointStore.Change(url, description, types, ordered);
    }

    private URI url(String text) {
        URI url;
        try {
            url = new URI(text);
        } catch (URISyntaxException e) {
            throw badUrl("It must be an address of the web.");
        }
        boolean secure = "https".equalsIgnoreCase(url.getScheme());
        boolean plain = "http".equalsIgnoreCase(url.getScheme());
        if (url.getHost() == null || !(secure || (plain && config.allowHttp()))) {
            throw badUrl(
                    config.allowHttp()
                            ? "It must be an http or https address with a host."
                            : "It must be an https address with a host.");
        }
        if (url.getRawUserInfo() != null || url.getRawFragment() != null) {
            throw badUrl("It must have neither a user nor a fragment.");
        }
        if (REWRITTEN.matcher(url.getRawPath()).find()) {
            throw badUrl("Its path must have no empty segment, no . or .. and no semicolon.");
        }
        if (url.getPort() == 0 || url.getPort() > 65_535) {
            throw badUrl("Its port must be from 1 to 65535.");
        }
        if (!config.allowPrivate() && LITERAL.matcher(url.getHost()).matches()) {
            requirePublic(url.getHost());
        }
        return url;
    }

    /** Names are looked up when something is sent to them; an address can be judged now. */
    private static void requirePublic(String host) {
        String bare = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
        try {
            if (PublicAddresses.contain(InetAddress.ofLiteral(bare))) {
                return;
            }
        } catch (IllegalArgumentException e) {
            // No address that is written as one should be.
        }
        throw badUrl("Its address must be a public one.");
    }

    private static Refusal badUrl(String detail) {
        return new Refusal(Problem.refused("invalid_url", "url", detail));
    }
}
