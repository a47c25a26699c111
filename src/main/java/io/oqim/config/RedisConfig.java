package io.oqim.config;

import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** Redis: disposable, so its waits are short. */
public record RedisConfig(
        Secret url,
        TlsConfig tls,
        Duration timeout,
        Duration connectTimeout,
        Duration rest,
        int maxQueued) {
    private static final Pattern SCHEME = Pattern.compile("rediss?(-sentinel|-cluster)?");
    private static final String WANTED =
            "must be redis://HOST:PORT, redis-sentinel://HOST:PORT,HOST:PORT#MASTER or"
                    + " redis-cluster://HOST:PORT,HOST:PORT, each also with rediss for TLS and with"
                    + " USER:PASSWORD@ before the first host";

    static RedisConfig read(Settings s) {
        String url =
                s.text(
                        "redis.url",
                        "redis://127.0.0.1:6379",
                        "one server, those who watch it (redis-sentinel://a:26379,b:26379#master) or some of a cluster"
                                + " (redis-cluster://a:6379,b:6379); rediss for TLS; a password in it is not shown");
        check(s, url);
        return new RedisConfig(
                new Secret(url),
                TlsConfig.read(s, "redis.", "Redis"),
                s.duration(
                        "redis.timeout",
                        Duration.ofMillis(100),
                        Span.millis(5, 5000),
                        "after which a call is given up and the local rule applies"),
                s.duration(
                        "redis.connect-timeout",
                        Duration.ofMillis(500),
                        Span.millis(10, 10_000),
                        "time to open the connection; no payment waits for it"),
                s.duration(
                        "redis.rest",
                        Duration.ofSeconds(1),
                        Span.millis(10, 60_000),
                        "pause before a connection that could not be opened is tried again, and how often a cluster is"
                                + " asked who its servers are, at most"),
                s.integer(
                        "redis.max-queued",
                        20_000,
                        Bounds.of(100, 1_000_000),
                        "calls that may wait for their answer; more go on by the local rule"));
    }

    /** Whether the URL names some servers of a cluster. */
    public boolean isCluster() {
        return scheme().endsWith("-cluster");
    }

    /** The URL of each server of a cluster that is named, with scheme {@code redis}. */
    public List<Secret> clusterUrls() {
        List<Secret> urls = new ArrayList<>();
        String rest = url.reveal().substring(scheme().length() + 3);
        int at = rest.lastIndexOf('@') + 1;
        String login = rest.substring(0, at);
        int query = rest.indexOf('?', at);
        String options = query < 0 ? "" : rest.substring(query);
        for (String host : rest.substring(at).replaceFirst("[/?#].*", "").split(",", -1)) {
            urls.add(new Secret(scheme().replace("-cluster", "") + "://" + login + host + options));
        }
        return urls;
    }

    private String scheme() {
        return url.reveal().substring(0, url.reveal().indexOf("://"));
    }

    /** Checked without being shown: it may hold a password. */
    private static void check(Settings s, String url) {
        int end = url.indexOf("://");
        if (end < 0 || !SCHEME.matcher(url.substring(0, end)).matches()) {
            s.problem("redis.url", WANTED);
            return;
        }
        String scheme = url.substring(0, end);
        String rest = url.substring(end + 3);
        int at = rest.lastIndexOf('@') + 1;
        String hosts = rest.substring(at).replaceFirst("[/?#].*", "");
        boolean good = scheme.contains("-") || !hosts.contains(",");
        for (String host : hosts.split(",", -1)) {
            good &= isHost(host);
        }
        if (scheme.endsWith("-sentinel")) {
            good &= url.matches("[^#]*#[A-Za-z0-9._-]+");
        }
        if (!good) {
            s.problem("redis.url", WANTED);
        }
    }

    private static boolean isHost(String host) {
        try {
            return new URI("redis://" + host).getHost() != null;
        } catch (URISyntaxException e) {
            return false;
        }
    }
}
