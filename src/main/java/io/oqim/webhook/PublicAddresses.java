package io.oqim.webhook;

import io.oqim.config.AddressRange;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.List;

/**
 * Which addresses are of the public Internet: a merchant must not make Oqim call what is near it
 * (server-side request forgery, OWASP API7). By the registries of special-purpose addresses (RFC
 * 6890 and IANA's lists for IPv4 and IPv6).
 */
final class PublicAddresses {
    private static final List<AddressRange> BLOCKED_4 =
            List.of(
                    block("0.0.0.0", 8), // this network
                    block("10.0.0.0", 8), // private
                    block("100.64.0.0", 10), // carriers' own
                    block("127.0.0.0", 8), // loopback
                    block("169.254.0.0", 16), // link-local, cloud metadata
                    block("172.16.0.0", 12), // private
                    block("192.0.0.0", 24), // protocol assignments
                    block("192.0.2.0", 24), // documentation
                    block("192.88.99.0", 24), // 6to4 relays
                    block("192.168.0.0", 16), // private
                    block("198.18.0.0", 15), // benchmarks
                    block("198.51.100.0", 24), // documentation
                    block("203.0.113.0", 24), // documentation
                    block("224.0.0.0", 4), // multicast
                    block("240.0.0.0", 4)); // reserved, broadcast

    /** What IANA has given to global unicast; everything outside is something else. */
    private static final AddressRange GLOBAL_6 = block("2000::", 3);

    private static final List<AddressRange> BLOCKED_6 =
            List.of(
                    block("2001::", 23), // protocol assignments: Teredo, ORCHID, benchmarks
                    block("2001:db8::", 32), // documentation
                    block("2002::", 16), // 6to4: any IPv4 address within
                    block("3fff::", 20)); // documentation

    private PublicAddresses() {}

    /**
     * Whether it may be called. IPv6 addresses that only wrap one of IPv4 are none of global
     * unicast, except those of 6to4, which are blocked; the JDK itself unwraps mapped ones.
     */
    static boolean contain(InetAddress address) {
        return address instanceof Inet4Address
                ? BLOCKED_4.stream().noneMatch(block -> block.contains(address))
                : GLOBAL_6.contains(address)
                        && BLOCKED_6.stream().noneMatch(block -> block.contains(address));
    }

    private static AddressRange block(String start, int bits) {
        return AddressRange.parse(start + "/" + bits).orElseThrow();
    }
}
