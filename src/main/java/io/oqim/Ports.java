package io.oqim;

import io.helidon.webserver.ErrorHandling;
import io.helidon.webserver.ListenerConfig;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.WebServerConfig;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http1.Http1Config;
import io.micrometer.core.instrument.MeterRegistry;
import io.oqim.config.OqimConfig;
import io.oqim.config.ServerConfig;
import io.oqim.http.Bodies;
import io.oqim.http.Farewell;
import io.oqim.http.Requests;
import io.oqim.http.Server;
import io.oqim.http.Shedding;
import io.oqim.observe.Tracing;
import io.oqim.websocket.UpgradeSelector;
import java.time.Duration;
import java.util.List;

/** The public port and the management port, with the limits of both. */
final class Ports implements AutoCloseable {
    private static final String MANAGEMENT = "management";

    private final ServerConfig limits;

    /** Bytes of the largest body that any route of the public port takes. */
    private final int bodyMost;

    private final Farewell farewell = new Farewell();
    private final UpgradeSelector connections;
    private final WebServer server;

    Ports(
            OqimConfig config,
            Shedding shedding,
            Tracing tracing,
            MeterRegistry registry,
            List<HttpService> routes,
            List<HttpService> managementRoutes) {
        this.limits = config.server();
        this.bodyMost = Math.max(limits.maxBodyBytes(), config.disputes().maxFileBytes());
        this.connections = connections();
        HttpRouting.Builder routing =
                Server.routing(
                        new Requests(registry, tracing, limits.readTimeout()), shedding, farewell);
        routes.forEach(routing::register);
        HttpRouting.Builder management =
                Server.routing(
                        // Probes and scrapes are no traces that anybody wants.
                        new Requests(registry, Tracing.OFF, limits.readTimeout()),
                        shedding,
                        new Farewell());
        managementRoutes.forEach(management::register);
        WebServerConfig.Builder builder = WebServer.builder();
        builder.shutdownHook(false)
                .host(limits.host())
                .port(limits.port())
                .protocolsDiscoverServices(false)
                .addConnectionSelector(connections)
                .maxPayloadSize(bodyMost + Bodies.DISCARD_MOST)
                .maxTcpConnections(limits.maxConnections())
                .backlog(limits.backlog())
                .idleConnectionTimeout(limits.idleTimeout())
                .idleConnectionPeriod(limits.idleTimeout().dividedBy(4))
                .connectionOptions(Server.socketOptions())
                .writeQueueLength(0)
                .shutdownGracePeriod(limits.stopGrace())
                .errorHandling(ErrorHandling.builder().includeEntity(true).build())
                .directHandlers(Server.directHandlers(bodyMost, limits.unreadablePause()))
                .routing(routing)
                .putSocket(MANAGEMENT, management(management));
        server = builder.build();
    }

    private ListenerConfig management(HttpRouting.Builder routing) {
        return ListenerConfig.builder()
                .name(MANAGEMENT)
                .host(limits.managementHost())
                .port(limits.managementPort())
                .protocolsDiscoverServices(false)
                .addConnectionSelector(connections())
                .maxPayloadSize(limits.maxBodyBytes() + Bodies.DISCARD_MOST)
                .maxTcpConnections(limits.managementMaxConnections())
                .connectionOptions(Server.socketOptions())
                .shutdownGracePeriod(limits.stopGrace())
                .errorHandling(ErrorHandling.builder().includeEntity(true).build())
                .directHandlers(Server.directHandlers(limits.maxBodyBytes(), Duration.ZERO))
                .routing(routing)
                .build();
    }

    private UpgradeSelector connections() {
        Http1Config.Builder http =
                Http1Config.builder()
                        .maxHeadersSize(limits.maxHeaderBytes())
                        .maxPrologueLength(limits.maxRequestLine());
        return new UpgradeSelector(http, limits.readTimeout());
    }

    /**
     * Returns when both answer.
     *
     * @throws IllegalStateException when one of them cannot be opened, as when another process has
     *     it
     */
    void open() {
        var ignored = server.start();
        if (!server.isRunning()) {
            // Helidon tells the log which one, and nobody else.
            throw new IllegalStateException(
                    "port %s:%d or management port %s:%d cannot be opened"
                            .formatted(
                                    limits.host(),
                                    limits.port(),
                                    limits.managementHost(),
                                    limits.managementPort()));
        }
    }

    int port() {
        return server.port();
    }

    int managementPort() {
        return server.port(MANAGEMENT);
    }

    /**
     * Serves on for {@code server.notice}, so that whoever shares out requests can see that this
     * process is not ready any more, with a last answer on each connection.
     */
    void giveNotice() throws InterruptedException {
        farewell.begin();
        Thread.sleep(limits.notice());
    }

    /**
     * Takes no more requests: who sends one all the same finds the connection closed, and tries it
     * elsewhere with the same key, as after any connection that ends without an answer. Waits for
     * the answers to those at hand.
     */
    void takeNoMore(Duration patience) throws InterruptedException {
        connections.takeNoMore();
        farewell.untilAnswered(patience);
    }

    @Override
    public void close() {
        var ignored = server.stop();
    }
}
