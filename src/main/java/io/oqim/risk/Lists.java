package io.oqim.risk;

import io.oqim.config.AddressRange;
import io.oqim.store.TypeId;
import java.net.InetAddress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;

/** The blocklist and the allow-list of a tenant, in memory. */
record Lists(Side block, Side allow) {
    static Lists of(List<Entry> entries) {
        return new Lists(Side.of(Entry.Side.BLOCK, entries), Side.of(Entry.Side.ALLOW, entries));
    }

    int size() {
        return block.size() + allow.size();
    }

    /** Looks a payment up. Who is on both lists is refused. */
    Listing find(Facts facts, Instant now) {
        Optional<Mark> blocked = block.find(facts, now);
        if (blocked.isPresent()) {
            return new Listing.Blocked(blocked.get().kind().text(), blocked.get().text());
        }
        return allow.find(facts, now)
                .<Listing>map(mark -> new Listing.Allowed(mark.kind().text(), mark.text()))
                .orElseGet(Listing.None::new);
    }

    /** What is kept in memory of an entry. */
    record Mark(UUID id, Entry.Kind kind, Optional<Instant> expires) {
        boolean holds(Instant now) {
            return expires.isEmpty() || expires.get().isAfter(now);
        }

        String text() {
            return TypeId.text("rle", id);
        }
    }

    record Range(AddressRange range, Mark mark) {}

    /**
     * One list.
     *
     * @param exact entries by kind and value
     */
    record Side(Map<String, Mark> exact, List<Range> ranges) {
        int size() {
            return exact.size() + ranges.size();
        }

        Optional<Mark> find(Facts facts, Instant now) {
            return keys(facts).stream()
                    .flatMap(key -> Stream.ofNullable(exact.get(key)))
                    .filter(mark -> mark.holds(now))
                    .findFirst()
                    .or(() -> facts.ip().flatMap(ip -> range(ip, now)));
        }

        private Optional<Mark> range(InetAddress ip, Instant now) {
            return ranges.stream()
                    .filter(range -> range.mark().holds(now))
                    .filter(range -> range.range().contains(ip))
                    .map(Range::mark)
                    .findFirst();
        }

        private static List<String> keys(Facts facts) {
            List<String> keys = new ArrayList<>();
            keys.add(key(Entry.Kind.CARD, HexFormat.of().formatHex(facts.instrument())));
            facts.bin().ifPresent(bin -> keys.add(key(Entry.Kind.BIN, bin)));
            facts.country().ifPresent(country -> keys.add(key(Entry.Kind.COUNTRY, country)));
            facts.email()
                    .map(HexFormat.of()::formatHex)
                    .ifPresent(hash -> keys.add(key(Entry.Kind.EMAIL, hash)));
            return keys;
        }

        private static String key(Entry.Kind kind, String value) {
            return kind.text() + "/" + value;
        }

        static Side of(Entry.Side side, List<Entry> entries) {
            Map<String, Mark> exact = new HashMap<>();
            List<Range> ranges = new ArrayList<>();
            for (Entry entry : entries) {
                if (entry.side() != side) {
                    continue;
                }
                Mark mark = new Mark(entry.id(), entry.kind(), entry.expires());
                if (entry.kind() == Entry.Kind.IP) {
                    AddressRange.parse(entry.value())
                            .ifPresent(range -> ranges.add(new Range(range, mark)));
                } else {
                    exact.put(key(entry.kind(), entry.value()), mark);
                }
            }
            return new Side(exact, ranges);
        }
    }
}
