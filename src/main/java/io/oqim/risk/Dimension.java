package io.oqim.risk;

import io.oqim.config.RiskConfig;
import io.oqim.crypto.Hashes;
import java.nio.charset.StandardCharsets;
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
    Optional<String> value(Facts facts) {
        return switch (this) {
            case CARD -> Optional.of(hex(facts.instrument()));
            case CUSTOMER -> facts.customer().map(Dimension::hashed);
            case IP -> facts.ip().map(ip -> hashed(ip.getHostAddress()));
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

    /** Short, whatever the merchant sends. */
    private static String hashed(String value) {
        return hex(Hashes.sha256(value.getBytes(StandardCharsets.UTF_8)));
    }

    private static String hex(byte[] hash) {
        return HexFormat.of().formatHex(hash, 0, HASH_BYTES);
    }
}
