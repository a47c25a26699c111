package io.oqim;

import io.helidon.webserver.http.HttpService;
import io.oqim.bank.Bank;
import io.oqim.bank.BankHttp;
import io.oqim.bank.Banks;
import io.oqim.bank.Capabilities;
import io.oqim.bank.generic.GenericBank;
import io.oqim.config.OqimConfig;
import io.oqim.config.Secret;
import io.oqim.crypto.CryptoPool;
import io.oqim.crypto.Hashes;
import io.oqim.crypto.SignatureRoom;
import io.oqim.event.Checkpoints;
import io.oqim.event.EventFeed;
import io.oqim.event.EventHints;
import io.oqim.event.EventLog;
import io.oqim.event.EventSequencer;
import io.oqim.event.Notary;
import io.oqim.event.Retention;
import io.oqim.http.Shedding;
import io.oqim.ledger.Balances;
import io.oqim.ledger.LedgerRoutes;
import io.oqim.ledger.Maturity;
import io.oqim.merchant.AdminAuthentication;
import io.oqim.merchant.AdminRoutes;
import io.oqim.merchant.Authentication;
import io.oqim.merchant.KeyRoutes;
import io.oqim.merchant.KeyScope;
import io.oqim.merchant.Merchants;
import io.oqim.merchant.RateLimits;
import io.oqim.merchant.SignatureKeyRoutes;
import io.oqim.merchant.SignatureRoutes;
import io.oqim.observe.Metrics;
import io.oqim.observe.Tracing;
import io.oqim.payment.PaymentRoom;
import io.oqim.redis.Buckets;
import io.oqim.redis.Redis;
import io.oqim.risk.ListRoutes;
import io.oqim.risk.RiskProfiles;
import io.oqim.risk.RuleRoutes;
import io.oqim.risk.Velocity;
import io.oqim.store.Database;
import io.oqim.store.Journal;
import io.oqim.store.Replica;
import io.oqim.store.Upkeep;
import io.oqim.stream.StreamRoom;
import io.oqim.vault.TokenRoutes;
import io.oqim.vault.Vault;
import io.oqim.webhook.WebhookRoom;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Wires the rooms of one process, in the order in which they need each other; closes them in
 * reverse.
 */
public final class Gateway implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Gateway.class);

    private final OqimConfig config;
    private final Role role;
    private final Metrics metrics = new Metrics();
    private final Tracing tracing;
    private final Database database;
    private final Replica replica;
    private final Redis redis;
    private final CryptoPool crypto;
    private final Journal journal;
    private final Pressure pressure;
    private final Authentication authentication;
    private final RiskProfiles profiles;
    private final PaymentRoom payments;
    private final EventHints hints;
    private final LiveTraces traces;
    private final BankNews bankNews;
    private final Optional<Vault> vault;
    private final StreamRoom streams;
    private final WebhookRoom webhooks;
    private final Maturity maturity;
    private final Checkpoints checkpoints;
    private final Retention retention;
    private final Upkeep upkeep;
    private final Backlog backlog;
    private final Ports ports;
    private final KeyCheckStore keyCheck;
    private volatile boolean stopping;

    private Gateway(OqimConfig config, Role role) {
        this.config = config;
        this.role = role;
        tracing = new Tracing(config.tracing(), role.text());
        var registry = metrics.registry();
        // Whoever is admitted finds room in every queue; the resolver's own work comes on top.
        int questions =
                config.resolver().concurrency() * (2 * config.banks().endpoints().size() + 1);
        int room =
                2 * (config.server().maxInFlight() + questions + config.resolver().hints())
                        + 2 * config.webhooks().maxInFlight();
        database =
                new Database(
                        config.database(),
                        config.journal().lanes() + config.journal().backgroundLanes());
        redis = new Redis(config.redis(), registry);
        crypto =
                new CryptoPool(
                        config.crypto().threads(),
                        room + config.crypto().maxSignatures(),
                        registry);
        EventFeed feed = new EventFeed();
        hints = new EventHints(feed, redis, registry);
        EventLog log = new EventLog(database, feed);
        replica =
                new Replica(
                        database,
                        config.database(),
                        (at, tenant, seq) -> new EventLog(at, feed).head(tenant) >= seq);
        journal =
                new Journal(
                        database,
                        new EventSequencer(),
                        config.journal(),
                        room,
                        registry,
                        hints::committed);
        pressure = new Pressure(journal, database, config.server().warmUp(), registry);
        authentication =
                new Authentication(
                        database,
                        config.server(),
                        new RateLimits(new Buckets(redis, config.limits()), config.limits()),
                        new Authentication.Signatures(
                                new SignatureRoom(crypto, config.crypto().maxSignatures()),
                                new Hashes(config.crypto().key())));
        Banks banks = banks();
        traces = new LiveTraces(redis, banks);
        vault = Vault.of(database, new Hashes(config.crypto().key()), config.vault());
        keyCheck =
                new KeyCheckStore(
                        database, config.crypto().key(), () -> vault.ifPresent(Vault::check));
        profiles = new RiskProfiles(database, config.risk());
        bankNews = new BankNews(redis, banks);
        payments =
                new PaymentRoom(
                        new PaymentRoom.Parts(
                                config,
                                database,
                                replica,
                                journal,
                                crypto,
                                banks,
                                new Velocity(
                                        redis, config.risk(), new Hashes(config.crypto().key())),
                                profiles,
                                vault,
                                new Balances(database),
                                log,
                                feed,
                                authentication,
                                traces.traces(),
                                pressure::behindWith,
                                registry));
        streams =
                new StreamRoom(
                        new StreamRoom.Parts(
                                config.stream(),
                                database,
                                log,
                                feed,
                                authentication,
                                new PaymentsBySocket(payments, tracing),
                                traces.traces(),
                                registry));
        webhooks =
                new WebhookRoom(
                        new WebhookRoom.Parts(
                                config.webhooks(),
                                database,
                                journal,
                                log,
                                feed,
                                crypto,
                                new Hashes(config.crypto().key()),
                                authentication,
                                tracing,
                                registry));
        Notary notary = notary(config, crypto);
        checkpoints = new Checkpoints(database, notary, config.checkpoints());
        retention = new Retention(config.database(), notary, config.checkpoints(), config.upkeep());
        maturity = new Maturity(database, journal, config.ledger());
        upkeep = new Upkeep(database, statements(), sweeps(), config.upkeep());
        backlog = new Backlog(payments, webhooks, config.upkeep().backlogEvery(), registry);
        new ProcessMetrics(database, replica, redis).bindTo(registry);
        ports =
                new Ports(
                        config,
                        new Shedding(
                                pressure::behind,
                                pressure::unreadable,
                                config.server().maxDelay(),
                                registry),
                        tracing,
                        registry,
                        routes(),
                        managementRoutes());
    }

    /** Starts a process of this role; returns when its ports answer. */
    static Gateway start(OqimConfig config, Role role) {
        Gateway gateway = new Gateway(config, role);
        gateway.redis.start();
        gateway.replica.start();
        gateway.pressure.start();
        gateway.profiles.start();
        gateway.hints.listen();
        gateway.traces.listen();
        gateway.bankNews.listen();
        gateway.redis.listen();
        gateway.keyCheck.now();
        if (role.includes(Role.STREAM)) {
            gateway.streams.start();
        }
        gateway.ports.open();
        if (role.includes(Role.WORKER)) {
            gateway.payments.startWorkers();
            gateway.maturity.start();
            gateway.webhooks.start();
            gateway.checkpoints.start();
            gateway.retention.start();
            gateway.upkeep.start();
            gateway.backlog.start();
        }
        LOG.atInfo()
                .addKeyValue("port", gateway.port())
                .addKeyValue("management_port", gateway.managementPort())
                .log("started as {}", role);
        return gateway;
    }

    int port() {
        return ports.port();
    }

    int managementPort() {
        return ports.managementPort();
    }

    boolean ready() {
        return !stopping && database.answers() && keyCheck.passed();
    }

    private List<String> statements() {
        List<String> all = new ArrayList<>(Vault.upkeep());
        all.add(EventLog.partitions(config.upkeep().partitionsAhead()));
        return all;
    }

    private List<Upkeep.Sweep> sweeps() {
        List<Upkeep.Sweep> all = new ArrayList<>(WebhookRoom.sweeps(config.webhooks()));
        all.add(Journal.sweep(config.upkeep().keepMarks()));
        all.add(StreamRoom.sweep());
        all.addAll(PaymentRoom.sweeps(config));
        return all;
    }

    /** Who signs checkpoints: by a key of its own, or one that is derived. */
    static Notary notary(OqimConfig config, CryptoPool pool) {
        Secret own = config.checkpoints().key();
        byte[] seed =
                own.isEmpty()
                        ? new Hashes(config.crypto().key())
                                .secret("oqim checkpoint key v1", new UUID(0, 0))
                        : Hashes.sha256(own.reveal().getBytes(StandardCharsets.UTF_8));
        return new Notary(pool, seed);
    }

    private Banks banks() {
        var common = config.banks();
        return new Banks(
                common.endpoints().stream()
                        .map(
                                endpoint ->
                                        new Bank(
                                                endpoint,
                                                common,
                                                new GenericBank(
                                                        new BankHttp(endpoint, common),
                                                        new Capabilities(
                                                                endpoint.tokens(),
                                                                endpoint.challenges(),
                                                                endpoint.disputes(),
                                                                endpoint.voidByReference(),
                                                                endpoint.longestDelay())),
                                                tracing,
                                                metrics.registry()))
                        .toList());
    }

    /** What is served on the public port, by this role. */
    private List<HttpService> routes() {
        List<HttpService> all =
                new ArrayList<>(List.of(new DocumentRoutes(), new SignatureRoutes(authentication)));
        if (role.includes(Role.GATEWAY)) {
            all.addAll(payments.routes());
            all.add(new LedgerRoutes(replica, payments.caller(KeyScope.READ), config.ledger()));
            all.add(
                    new ListRoutes(
                            database,
                            payments::instrument,
                            payments.caller(KeyScope.RISK),
                            config));
            all.add(
                    new RuleRoutes(
                            database, payments::past, payments.caller(KeyScope.RISK), config));
            vault.ifPresent(
                    cards ->
                            all.add(
                                    new TokenRoutes(
                                            cards,
                                            payments.caller(KeyScope.READ),
                                            payments.caller(KeyScope.PAY),
                                            config.server().maxSmallBody())));
            all.addAll(webhooks.routes());
        }
        if (role.includes(Role.STREAM)) {
            all.addAll(streams.routes());
        }
        return all;
    }

    private List<HttpService> managementRoutes() {
        var admin = new AdminAuthentication(config.server().adminKey());
        var merchants = new Merchants(database);
        return List.of(
                new ManagementRoutes(this, metrics),
                new AdminRoutes(merchants, admin, config.server()),
                new KeyRoutes(merchants, admin, config.server()),
                new SignatureKeyRoutes(
                        database, new Hashes(config.crypto().key()), admin, config.server()),
                payments.operatorQueue(admin));
    }

    /**
     * Not ready any more, and the last answers on connections; then no new payments, then the end
     * of those at work, then goodbye to the streams, then everything else.
     */
    @Override
    public void close() {
        stopping = true;
        long end = System.nanoTime();
        try {
            ports.giveNotice();
            end = System.nanoTime() + config.server().drain().toNanos();
            ports.takeNoMore(until(end));
            webhooks.stop();
            if (!payments.drain(until(end))) {
                LOG.warn(
                        "payments are left at work; the resolver of the next process finishes them");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        // Events of the payments that have just ended have been told; receivers may take longer.
        streams.drain();
        payments.stopWorkers();
        webhooks.drain(until(end));
        webhooks.close();
        maturity.close();
        checkpoints.close();
        retention.close();
        upkeep.close();
        backlog.close();
        streams.close();
        ports.close();
        pressure.close();
        if (!journal.close(config.server().drain())) {
            LOG.warn("the journal could not write everything before the end");
        }
        profiles.close();
        traces.close();
        bankNews.close();
        crypto.close();
        redis.close();
        replica.close();
        database.close();
        tracing.close();
        metrics.close();
        LOG.info("stopped");
    }

    private static Duration until(long end) {
        return Duration.ofNanos(Math.max(0, end - System.nanoTime()));
    }
}
