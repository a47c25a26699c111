package io.oqim.risk;

import io.oqim.concurrent.Loop;
import io.oqim.config.RiskConfig;
import io.oqim.store.Database;
import io.oqim.store.StoreException;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What this process knows of each tenant's lists and rules.
 *
 * <p>One loop asks every {@code risk.lists-trust} whose have changed, and reads those again;
 * payments go by what is in memory. Only a tenant's first payment here waits for the database.
 */
public final class RiskProfiles implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RiskProfiles.class);

    private final EntryStore entries;
    private final RuleStore rules;
    private final VersionStore versions;
    private final RiskConfig config;
    private final Map<Long, RiskProfile> known = new ConcurrentHashMap<>();
    private final Loop loop = new Loop("risk-profiles", this::refreshed);

    public RiskProfiles(Database database, RiskConfig config) {
        this.entries = new EntryStore(database);
        this.rules = new RuleStore(database);
        this.versions = new VersionStore(database);
        this.config = config;
    }

    /**
     * A tenant's. Blocks on the database for the first payment of a tenant.
     *
     * @throws StoreException when it is not known, and cannot be read
     */
    public RiskProfile of(long tenant) {
        RiskProfile profile = known.get(tenant);
        if (profile == null) {
            profile = read(tenant);
            known.put(tenant, profile);
            makeRoom(tenant);
        }
        return profile;
    }

    /** The version first: what changes after it is seen by the next look. */
    private RiskProfile read(long tenant) {
        long version = versions.of(List.of(tenant)).getOrDefault(tenant, 0L);
        return version == 0
                ? RiskProfile.EMPTY
                : new RiskProfile(
                        version,
                        Lists.of(entries.all(tenant)),
                        rules.newest(tenant).map(RuleStore.Kept::rules).orElse(Rules.NONE));
    }

    /** Begins to look for changes. */
    public void start() {
        loop.start();
    }

    private Duration refreshed() {
        try {
            List<Long> tenants = List.copyOf(known.keySet());
            Map<Long, Long> now = tenants.isEmpty() ? Map.of() : versions.of(tenants);
            for (Long tenant : tenants) {
                RiskProfile last = known.get(tenant);
                if (last != null && last.version() != now.getOrDefault(tenant, 0L)) {
                    refresh(tenant);
                }
            }
        } catch (StoreException e) {
            LOG.warn("lists and rules stay as they were: {}", e.getMessage());
        }
        return config.listsTrust();
    }

    /** What one tenant has that cannot be read is no reason to go by what is old for others. */
    private void refresh(long tenant) {
        try {
            known.replace(tenant, read(tenant));
            makeRoom(tenant);
        } catch (RuntimeException e) {
            LOG.atWarn()
                    .addKeyValue("tenant", tenant)
                    .log("its lists and rules stay as they were: {}", e.toString());
        }
    }

    /** Others are forgotten, and read again with their next payment. */
    private void makeRoom(long but) {
        int size = known.values().stream().mapToInt(RiskProfile::size).sum();
        Iterator<Map.Entry<Long, RiskProfile>> all = known.entrySet().iterator();
        while (all.hasNext()
                && (known.size() > config.listsTenants() || size > config.listsEntries())) {
            Map.Entry<Long, RiskProfile> one = all.next();
            if (one.getKey() != but) {
                size -= one.getValue().size();
                all.remove();
            }
        }
    }

    @Override
    public void close() {
        loop.close();
    }
}
