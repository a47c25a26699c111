package io.oqim.http;

import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;
import io.oqim.config.AddressRange;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * From which address a request comes: the other end of its connection, or what proxies that are
 * trusted say of it in {@code X-Forwarded-For}. What anybody else writes there is not believed.
 */
public final class ClientAddress {
    private static final HeaderName FORWARDED_FOR = HeaderNames.create("X-Forwarded-For");

    private final List<AddressRange> trusted;

    /**
     * @param trusted the proxies that add, at the end of {@code X-Forwarded-For}, whom they serve
     */
    public ClientAddress(List<AddressRange> trusted) {
        this.trusted = List.copyOf(trusted);
    }

    /** The nearest address that is not a trusted proxy's. */
    public InetAddress of(ServerRequest request) {
        InetAddress peer = ((InetSocketAddress) request.remotePeer().address()).getAddress();
        if (!isTrusted(peer)) {
            return peer;
        }
        String[] hops =
                request.headers().contains(FORWARDED_FOR)
                        ? String.join(",", request.headers().get(FORWARDED_FOR).allValues())
                                .split(",")
                        : new String[0];
        InetAddress nearest = peer;
        for (int i = hops.length - 1; i >= 0 && isTrusted(nearest); i--) {
            @Nullable InetAddress hop = parsed(hops[i].strip());
            if (hop == null) {
                break;
            }
            nearest = hop;
        }
        return nearest;
    }

    private boolean isTrusted(InetAddress address) {
        return trusted.stream().anyMatch(range -> range.contains(address));
    }

    private static @Nullable InetAddress parsed(String text) {
        try {
            // Reads literals only: no name is ever looked up.
            return InetAddress.ofLiteral(text);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }
}
