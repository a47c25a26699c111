package io.oqim.risk;

import io.oqim.concurrent.Loop;
import io.oqim.config.AddressRange;
import io.oqim.config.RiskConfig;
import io.oqim.store.Database;
import io.oqim.store.StoreException;
import io.oqim.store.TypeId;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The blocklist and the allow-list of each tenant, as this process knows them.
 *
 * <p>One loop asks every {@code risk.lists-trust} whose lists have changed, and reads those again;
 * payments go by what is in memory. Only a tenant's first payment here waits for the database.
 */
public final class Lists implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Lists.class);

    private final EntryStore store;
    private final RiskConfig config;
    private final Map<Long, Snapshot> known = new ConcurrentHashMap<>();
    private final Loop loop = new Loop("risk-lists", this::refreshed);

    public Lists(Database database, RiskConfig config) {
        this.store = new EntryStore(database);
        this.config = config;
    }

    /** What the lists say of a payment. */
    public sealed interface Verdict {
        /** Nothing. */
        record None() implements Verdict {}

        /** It is refused. */
        record Blocked(String kind, String entry) implements Verdict {}

        /** Limits do not hold for it. */
        record Allowed(String kind, String entry) implements Verdict {}
    }

    /** What is kept in memory of an entry. */
    private record Mark(UUID id, Entry.Kind kind, Optional<Instant> expires) {
        boolean holds(Instant now) {
            return expires.isEmpty() || expires.get().isAfter(now);
        }
    }

    private record Range(AddressRange range, Mark mark) {}

    /**
     * One list.
     *
     * @param exact entries by kind and value
     */
    private record Side(Map<String, Mark> exact, List<Range> ranges) {
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

    /** The lists of one version. */
    private record Snapshot(long version, Side block, Side allow) {
        int size() {
            return block.size() + allow.size();
        }
    }

    /**
     * Looks a payment up. Who is on both lists is refused. Blocks on the database for the first
     * payment of a tenant.
     *
     * @throws StoreException when the lists are not known, and cannot be read
     */
    public Verdict look(Facts facts) {
        Snapshot snapshot = known.get(facts.tenant());
        if (snapshot == null) {
            snapshot = read(facts.tenant());
            known.put(facts.tenant(), snapshot);
            makeRoom(facts.tenant());
        }
        if (snapshot.size() == 0) {
            return new Verdict.None();
        }
        Instant now = Instant.now();
        Optional<Mark> blocked = snapshot.block().find(facts, now);
        if (blocked.isPresent()) {
            return new Verdict.Blocked(blocked.get().kind().text(), id(blocked.get()));
        }
        return snapshot.allow()
                .find(facts, now)
                .<Verdict>map(mark -> new Verdict.Allowed(mark.kind().text(), id(mark)))
                .orElseGet(Verdict.None::new);
    }

    private static String id(Mark mark) {
        return TypeId.text("rle", mark.id());
    }

    private Snapshot read(long tenant) {
        // Before the entries: what changes in between is seen next time.
        long version = store.versions(List.of(tenant)).getOrDefault(tenant, 0L);
        List<Entry> entries = version == 0 ? List.of() : store.all(tenant);
        return new Snapshot(
                version, Side.of(Entry.Side.BLOCK, entries), Side.of(Entry.Side.ALLOW, entries));
    }

    /** Begins to look for changes. */
    public void start() {
        loop.start();
    }

    private Duration refreshed() {
        try {
            List<Long> tenants = List.copyOf(known.keySet());
            Map<Long, Long> versions = tenants.isEmpty() ? Map.of() : store.versions(tenants);
            for (Long tenant : tenants) {
                Snapshot last = known.get(tenant);
                if (last != null && last.version() != versions.getOrDefault(tenant, 0L)) {
                    known.replace(tenant, read(tenant));
                    makeRoom(tenant);
                }
            }
        } catch (StoreException e) {
            LOG.warn("blocklists stay as they were: {}", e.getMessage());
        }
        return config.listsTrust();
    }

    /** Others are forgotten, and read again with their next payment. */
    private void makeRoom(long but) {
        int entries = known.values().stream().mapToInt(Snapshot::size).sum();
        Iterator<Map.Entry<Long, Snapshot>> all = known.entrySet().iterator();
        while (all.hasNext()
                && (known.size() > config.listsTenants() || entries > config.listsEntries())) {
            Map.Entry<Long, Snapshot> one = all.next();
            if (one.getKey() != but) {
                entries -= one.getValue().size();
                all.remove();
            }
        }
    }

    @Override
    public void close() {
        loop.close();
    }
}
