package io.oqim.websocket;

import io.helidon.common.buffers.BufferData;
import io.helidon.http.Headers;
import io.helidon.http.HttpPrologue;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.http1.Http1Config;
import io.helidon.webserver.http1.Http1ConnectionListener;
import io.helidon.webserver.http1.Http1ConnectionSelector;
import io.helidon.webserver.spi.ServerConnection;
import io.helidon.webserver.spi.ServerConnectionSelector;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * HTTP/1.1 whose connections a handler may take over by {@link WebSocketUpgrade}. Add it with
 * {@code addConnectionSelector} and switch Helidon's own HTTP/1 off with {@code
 * protocolsDiscoverServices(false)}.
 *
 * <p>Helidon's {@code Http1Upgrader} would be the short way, but it runs before routing, filters
 * and error handlers.
 */
public final class UpgradeSelector implements ServerConnectionSelector {
    private final Http1ConnectionSelector http;
    private final Duration headWithin;
    private final Set<UpgradableConnection> open = ConcurrentHashMap.newKeySet();
    private volatile boolean taking = true;

    /**
     * @param headWithin time for a request's headers, from its first line on
     */
    public UpgradeSelector(Http1Config.Builder config, Duration headWithin) {
        this.http =
                Http1ConnectionSelector.builder()
                        .config(config.addReceiveListener(new HeadListener()).build())
                        .build();
        this.headWithin = headWithin;
    }

    /** Tells a connection what it has read. */
    private static final class HeadListener implements Http1ConnectionListener {
        @Override
        public void prologue(ConnectionContext context, HttpPrologue prologue) {
            UpgradableConnection.current().headBegins();
        }

        @Override
        public void headers(ConnectionContext context, Headers headers) {
            UpgradableConnection.current().headEnds();
        }
    }

    /**
     * Takes no more requests: closes the connections that have none at hand, the others after it,
     * and new ones before they have been read. WebSockets stay.
     */
    public void takeNoMore() {
        taking = false;
        open.forEach(UpgradableConnection::closeWhenIdle);
    }

    @Override
    public int bytesToIdentifyConnection() {
        return http.bytesToIdentifyConnection();
    }

    @Override
    public Support supports(BufferData data) {
        return http.supports(data);
    }

    @Override
    public Set<String> supportedApplicationProtocols() {
        return http.supportedApplicationProtocols();
    }

    @Override
    public ServerConnection connection(ConnectionContext context) {
        UpgradableConnection connection =
                new UpgradableConnection(context, http.connection(context), headWithin, open);
        if (!taking) {
            connection.closeWhenIdle();
        }
        return connection;
    }
}
