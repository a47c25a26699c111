package io.oqim.merchant;

import io.oqim.config.AddressRange;
import java.net.InetAddress;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * What a key may be used for, and from where.
 *
 * @param from ranges of addresses; none is from anywhere
 */
record KeyTerms(Set<KeyScope> scopes, List<AddressRange> from) {
    /** What holds when nothing is said. */
    static final KeyTerms ALL = new KeyTerms(EnumSet.allOf(KeyScope.class), List.of());

    KeyTerms {
        scopes = Set.copyOf(scopes);
        from = List.copyOf(from);
    }

    boolean allows(InetAddress address) {
        return from.isEmpty() || from.stream().anyMatch(range -> range.contains(address));
    }
}
