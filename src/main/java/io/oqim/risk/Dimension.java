package io.oqim.risk;

import io.oqim.config.RiskConfig;
import io.oqim.crypto.Hashes;
import java.net.InetAddress;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;

/** By what payments are counted. */
public enum Dimension {
    CARD,
    CUSTOMER,
    IP,
    BIN,
    TENANT;

    private static final int HASH_BYTES = 16;

    /** In notes, codes and keys. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** What a payment is counted under; empty when it has no such thing. */
    Optional<String> value(Facts facts, Hashes hashes) {
        return switch (this) {
            case CARD -> Optional.of(hex(facts.instrument()));
            case CUSTOMER -> facts.customer().map(id -> hex(hashes.counted(id)));
            case IP -> facts.ip().map(ip -> hex(hashes.counted(network(ip))));
            case BIN -> facts.bin();
            case TENANT -> Optional.of("all");
        };
    }

    /**
     * As many as may be counted; 0 for any number.
     *
     * @param ofCard the tenant's own limit of one card
     */
    int limit(RiskConfig config, OptionalInt ofCard) {
        return switch (this) {
            case CARD -> ofCard.orElse(config.perCard());
            case CUSTOMER -> config.perCustomer();
            case IP -> config.perIp();
            case BIN -> config.perBin();
            case TENANT -> config.perTenant();
        };
    }

    /** Of IPv6 the first 64 bits: whoever has one address has all that begin so. */
    private static String network(InetAddress ip) {
        byte[] bytes = ip.getAddress();
        return HexFormat.of().formatHex(bytes, 0, bytes.length == 16 ? 8 : bytes.length);
    }

    private static String hex(byte[] hash) {
        return HexFormat.of().formatHex(hash, 0, HASH_BYTES);
    }
}
