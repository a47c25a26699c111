package io.oqim.websocket;

import io.helidon.common.buffers.BufferData;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.http1.Http1Config;
import io.helidon.webserver.http1.Http1ConnectionSelector;
import io.helidon.webserver.spi.ServerConnection;
import io.helidon.webserver.spi.ServerConnectionSelector;
import java.util.Set;

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

    public UpgradeSelector(Http1Config config) {
        http = Http1ConnectionSelector.builder().config(config).build();
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
        return new UpgradableConnection(context, http.connection(context));
    }
}
