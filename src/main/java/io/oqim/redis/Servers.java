package io.oqim.redis;

import io.lettuce.core.AbstractRedisClient;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.SslOptions;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.cluster.ClusterClientOptions;
import io.lettuce.core.cluster.ClusterTopologyRefreshOptions;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.cluster.api.StatefulRedisClusterConnection;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.DefaultClientResources;
import io.oqim.config.RedisConfig;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;

/** One server, the one that its Sentinels name, or a cluster: how connections are opened. */
final class Servers implements AutoCloseable {
    private final ClientResources resources;
    private final AbstractRedisClient client;
    private final Supplier<Link> link;
    private final Supplier<StatefulRedisPubSubConnection<String, String>> ear;

    /** A connection, and what can be asked on it. */
    record Link(
            StatefulConnection<String, String> connection,
            RedisClusterAsyncCommands<String, String> ask) {}

    private <C extends AbstractRedisClient> Servers(
            ClientResources resources,
            C client,
            Function<C, Link> link,
            Function<C, StatefulRedisPubSubConnection<String, String>> ear) {
        this.resources = resources;
        this.client = client;
        this.link = () -> link.apply(client);
        this.ear = () -> ear.apply(client);
    }

    static Servers of(RedisConfig config) {
        ClientResources resources =
                DefaultClientResources.builder()
                        .ioThreadPoolSize(2)
                        .computationThreadPoolSize(2)
                        .build();
        return config.isCluster() ? cluster(config, resources) : single(config, resources);
    }

    /** Opens a connection, which comes back by itself. Blocks. */
    Link connect() {
        return link.get();
    }

    /** Opens one that listens. Blocks. */
    StatefulRedisPubSubConnection<String, String> listen() {
        return ear.get();
    }

    /** Also one that Sentinels name, which Lettuce asks before each connection. */
    private static Servers single(RedisConfig config, ClientResources resources) {
        RedisClient client = RedisClient.create(resources, uri(config.url().reveal(), config));
        client.setOptions(options(ClientOptions.builder(), config).build());
        return new Servers(
                resources,
                client,
                one -> {
                    StatefulRedisConnection<String, String> open = one.connect();
                    return new Link(open, open.async());
                },
                RedisClient::connectPubSub);
    }

    private static Servers cluster(RedisConfig config, ClientResources resources) {
        List<RedisURI> seeds =
                config.clusterUrls().stream().map(url -> uri(url.reveal(), config)).toList();
        RedisClusterClient client = RedisClusterClient.create(resources, seeds);
        ClusterClientOptions.Builder options =
                ClusterClientOptions.builder()
                        .topologyRefreshOptions(
                                ClusterTopologyRefreshOptions.builder()
                                        .adaptiveRefreshTriggersTimeout(config.rest())
                                        .enablePeriodicRefresh(config.rest().multipliedBy(30))
                                        .build());
        options(options, config);
        client.setOptions(options.build());
        return new Servers(
                resources,
                client,
                all -> {
                    StatefulRedisClusterConnection<String, String> open = all.connect();
                    return new Link(open, open.async());
                },
                RedisClusterClient::connectPubSub);
    }

    private static RedisURI uri(String url, RedisConfig config) {
        RedisURI uri = RedisURI.create(url);
        if (uri.getClientName() == null) {
            uri.setClientName("oqim");
        }
        // Also for the greeting of a server that accepts and then says nothing.
        uri.setTimeout(config.connectTimeout());
        uri.getSentinels().forEach(sentinel -> sentinel.setTimeout(config.connectTimeout()));
        return uri;
    }

    private static <B extends ClientOptions.Builder> B options(B options, RedisConfig config) {
        SslOptions.Builder tls = SslOptions.builder();
        config.tls().trust().ifPresent(tls::trustManager);
        config.tls().identity().ifPresent(tls::keyManager);
        var ignored =
                options.autoReconnect(true)
                        .disconnectedBehavior(ClientOptions.DisconnectedBehavior.REJECT_COMMANDS)
                        .requestQueueSize(config.maxQueued())
                        .sslOptions(tls.build())
                        .socketOptions(
                                SocketOptions.builder()
                                        .connectTimeout(config.connectTimeout())
                                        .build());
        return options;
    }

    @Override
    public void close() {
        client.shutdown(Duration.ZERO, Duration.ofSeconds(1));
        var ignored = resources.shutdown(0, 1, TimeUnit.SECONDS);
    }
}
