package io.oqim.risk;

import io.oqim.config.AddressRange;
import io.oqim.config.RiskConfig;
import io.oqim.store.Database;
import io.oqim.store.TypeId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The blocklist and the allow-list of each tenant, as this process knows them. What it knows is
 * trusted for {@code risk.lists-trust}; then one payment asks whether anything has changed, while
 * others go by what was known. A change so takes effect everywhere within that time.
 */
public final class Lists {
    private final EntryStore store;
    private final RiskConfig config;
    private final Map<Long, Known> known = new ConcurrentHashMap<>();

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

    /** One tenant's, and who looks whether they are still so. */
    private static final class Known {
        final ReentrantLock asking = new ReentrantLock();
        volatile @Nullable Snapshot snapshot;
    }

    /**
     * The lists of one version.
     *
     * @param exact entries by kind and value
     */
    private record Snapshot(
            long version, long until, Map<String, Entry> exact, List<Range> ranges) {
        Snapshot trustedUntil(long later) {
            return new Snapshot(version, later, exact, ranges);
        }
    }

    private record Range(AddressRange range, Entry entry) {}

    /**
     * Looks a payment up. Who is on both lists is refused. Blocks on the database when what is
     * known is too old.
     */
    public Verdict look(Facts facts) {
        Snapshot snapshot = snapshot(facts.tenant());
        if (snapshot.exact().isEmpty() && snapshot.ranges().isEmpty()) {
            return new Verdict.None();
        }
        Instant now = Instant.now();
        for (Entry.Side side : Entry.Side.values()) {
            Optional<Entry> entry =
                    exact(snapshot, side, facts)
                            .or(() -> range(snapshot, side, facts))
                            .filter(found -> !found.expired(now));
            if (entry.isPresent()) {
                String kind = entry.get().kind().text();
                String id = TypeId.text("rle", entry.get().id());
                return switch (side) {
                    case BLOCK -> new Verdict.Blocked(kind, id);
                    case ALLOW -> new Verdict.Allowed(kind, id);
                };
            }
        }
        return new Verdict.None();
    }

    private static Optional<Entry> exact(Snapshot snapshot, Entry.Side side, Facts facts) {
        List<String> keys = new ArrayList<>();
        keys.add(key(side, Entry.Kind.CARD, HexFormat.of().formatHex(facts.instrument())));
        facts.bin().ifPresent(bin -> keys.add(key(side, Entry.Kind.BIN, bin)));
        facts.country().ifPresent(country -> keys.add(key(side, Entry.Kind.COUNTRY, country)));
        facts.email()
                .ifPresent(
                        hash ->
                                keys.add(
                                        key(
                                                side,
                                                Entry.Kind.EMAIL,
                                                HexFormat.of().formatHex(hash))));
        return keys.stream()
                .filter(snapshot.exact()::containsKey)
                .findFirst()
                .map(snapshot.exact()::get);
    }

    private static Optional<Entry> range(Snapshot snapshot, Entry.Side side, Facts facts) {
        return facts.ip()
                .flatMap(
                        ip ->
                                snapshot.ranges().stream()
                                        .filter(range -> range.entry().side() == side)
                                        .filter(range -> range.range().contains(ip))
                                        .map(Range::entry)
                                        .findFirst());
    }

    private static String key(Entry.Side side, Entry.Kind kind, String value) {
        return side.text() + "/" + kind.text() + "/" + value;
    }

    private Snapshot snapshot(long tenant) {
        makeRoom(tenant);
        Known one = known.computeIfAbsent(tenant, id -> new Known());
        Snapshot last = one.snapshot;
        if (last != null && last.until() - System.nanoTime() > 0) {
            return last;
        }
        if (last == null) {
            one.asking.lock();
        } else if (!one.asking.tryLock()) {
            return last;
        }
        try {
            Snapshot now = one.snapshot;
            if (now == null || now.until() - System.nanoTime() <= 0) {
                now = asked(tenant, now);
                one.snapshot = now;
            }
            return now;
        } finally {
            one.asking.unlock();
        }
    }

    private Snapshot asked(long tenant, @Nullable Snapshot last) {
        long until = System.nanoTime() + config.listsTrust().toNanos();
        // Before the entries: what changes in between is seen next time.
        long version = store.version(tenant);
        if (last != null && last.version() == version) {
            return last.trustedUntil(until);
        }
        Map<String, Entry> exact = new HashMap<>();
        List<Range> ranges = new ArrayList<>();
        for (Entry entry : version == 0 ? List.<Entry>of() : store.all(tenant)) {
            if (entry.kind() == Entry.Kind.IP) {
                AddressRange.parse(entry.value())
                        .ifPresent(range -> ranges.add(new Range(range, entry)));
            } else {
                exact.put(key(entry.side(), entry.kind(), entry.value()), entry);
            }
        }
        return new Snapshot(version, until, exact, ranges);
    }

    private void makeRoom(long tenant) {
        if (known.size() < config.listsTenants() || known.containsKey(tenant)) {
            return;
        }
        Iterator<Long> tenants = known.keySet().iterator();
        while (known.size() >= config.listsTenants() && tenants.hasNext()) {
            var ignored = tenants.next();
            tenants.remove();
        }
    }
}
