package io.oqim.payment;

import io.helidon.webserver.http.HttpService;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.oqim.bank.Banks;
import io.oqim.config.OqimConfig;
import io.oqim.crypto.CryptoPool;
import io.oqim.crypto.Hashes;
import io.oqim.event.EventFeed;
import io.oqim.event.EventLog;
import io.oqim.http.Caller;
import io.oqim.http.JsonFields;
import io.oqim.ledger.Balances;
import io.oqim.merchant.AdminAuthentication;
import io.oqim.merchant.Authentication;
import io.oqim.merchant.KeyScope;
import io.oqim.merchant.Tenant;
import io.oqim.observe.Traces;
import io.oqim.risk.Instruments;
import io.oqim.risk.PastPayments;
import io.oqim.risk.RiskProfiles;
import io.oqim.risk.Velocity;
import io.oqim.store.Database;
import io.oqim.store.Journal;
import io.oqim.store.Replica;
import io.oqim.store.Upkeep;
import io.oqim.vault.Vault;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.function.LongUnaryOperator;
import java.util.function.Supplier;

/** The room's wiring, and all of it that the root sees. */
public final class PaymentRoom {
    private final OqimConfig config;
    private final Replica replica;
    private final Works works;
    private final Payments payments;
    private final PaymentCommands commands;
    private final FreshReads fresh;
    private final Supplier<Backlog> backlog;
    private final Resolver resolver;
    private final Expiry expiry;
    private final DisputeWorker disputes;
    private final List<HttpService> routes;

    /** What the room is given. */
    public record Parts(
            OqimConfig config,
            Database database,
            Replica replica,
            Journal journal,
            CryptoPool crypto,
            Banks banks,
            Velocity velocity,
            RiskProfiles profiles,
            Optional<Vault> vault,
            Balances balances,
            EventLog log,
            EventFeed feed,
            Authentication authentication,
            Traces traces,
            LongUnaryOperator behind,
            MeterRegistry registry) {}

    public PaymentRoom(Parts parts) {
        config = parts.config();
        replica = parts.replica();
        Journal journal = parts.journal();
        PaymentStore stored = new PaymentStore(parts.database());
        OperationStore operations = new OperationStore(parts.database());
        ClaimStore claims = new ClaimStore(parts.database());
        PaymentChanges changes = new PaymentChanges(config.banks(), config.ledger());
        Claims keys = new Claims(claims, operations, journal, parts.feed(), config.payments());
        Gauge.builder("oqim.payments.following", keys, Claims::following)
                .description("requests that wait for what another process makes of their key")
                .register(parts.registry());
        Hashes hashes = new Hashes(config.crypto().key());
        works =
                new Works(
                        config,
                        journal,
                        parts.banks(),
                        new Checks(
                                parts.velocity(),
                                parts.profiles(),
                                hashes,
                                config.risk(),
                                parts.registry()),
                        parts.crypto(),
                        hashes,
                        new Wallet(parts.vault(), hashes),
                        new Settling(config),
                        changes,
                        new SecondCommit(changes, journal),
                        new Evidence(journal, operations),
                        new Turns(),
                        stored,
                        operations,
                        new DueStore(parts.database()),
                        new Undecided(operations, config.journal()),
                        parts.balances(),
                        keys,
                        parts.traces(),
                        parts.behind());
        Recovery recovery = new Recovery(works, parts.registry());
        payments = new Payments(works, recovery, parts.registry());
        commands = new PaymentCommands(payments, config.server(), config.vault().enabled());
        resolver = new Resolver(works, recovery);
        expiry = new Expiry(works);
        fresh = new FreshReads(parts.authentication(), parts.log(), config.payments());
        Insistent insistent = new Insistent(config);
        DisputeStore disputeStore = new DisputeStore(parts.database());
        DisputeNewsStore news = new DisputeNewsStore(parts.database());
        DisputeBooking booking = new DisputeBooking(works, disputeStore, news);
        DisputeInbox inbox = new DisputeInbox(works, news, booking, parts.registry());
        disputes =
                new DisputeWorker(
                        works,
                        disputeStore,
                        inbox,
                        new DisputeSender(works, disputeStore, booking));
        DisputeResponses responses = new DisputeResponses(works, disputeStore, insistent);
        backlog = () -> new Backlog(works.due().backlog(), inbox.backlog(), disputeStore.unsent());
        routes =
                List.of(
                        new DisputeRoutes(
                                disputeStore,
                                responses,
                                new DisputeUploads(journal, config, responses),
                                fresh,
                                config),
                        new PaymentRoutes(
                                payments,
                                new CancelKey(
                                        works, new Undoing(works, recovery), claims, insistent),
                                fresh,
                                new PaymentReads(
                                        stored,
                                        parts.replica(),
                                        operations,
                                        claims,
                                        config.payments()),
                                config),
                        new ReviewRoutes(new Reviews(works, insistent), fresh, config.server()),
                        new CallbackRoutes(resolver, inbox, config.server().maxSmallBody()));
    }

    /**
     * Answers under idempotency keys that need not be replayed byte for byte any more, and parts of
     * files that never became whole.
     */
    public static List<Upkeep.Sweep> sweeps(OqimConfig config) {
        return List.of(
                new Upkeep.Sweep("stored_response", config.upkeep().keepAnswers()),
                new Upkeep.Sweep(
                        "dispute_file_part",
                        config.disputes().keepParts(),
                        "NOT EXISTS (SELECT FROM dispute_file f WHERE f.tenant = dispute_file_part.tenant"
                                + " AND f.file = dispute_file_part.file)"));
    }

    /**
     * Finds who asks with a key that is good for something, once the log has reached what {@code
     * min_seq} asks for.
     */
    public Caller caller(KeyScope needed) {
        return (request, parameters) -> fresh.tenant(request, needed, parameters).id();
    }

    /** With what a payment was paid; blocks on the database. */
    public Optional<Instruments.Known> instrument(long tenant, UUID payment) {
        return works.payments()
                .find(tenant, payment)
                .map(Payment::instrument)
                .map(
                        instrument ->
                                new Instruments.Known(
                                        instrument.hash(),
                                        instrument
                                                .knownCard()
                                                .map(
                                                        card ->
                                                                card.first6()
                                                                        + "******"
                                                                        + card.last4())
                                                .orElse("a token of the bank")));
    }

    /** Payments that were, in the order of making; blocks on a database, which may be a replica. */
    public List<PastPayments.Past> past(long tenant, UUID after, int limit) {
        return replica
                .read(
                        tenant,
                        OptionalLong.empty(),
                        database -> new PaymentStore(database).following(tenant, after, limit))
                .stream()
                .map(
                        payment ->
                                new PastPayments.Past(
                                        payment.id(),
                                        payment.created(),
                                        Checks.facts(works.hashes(), tenant, payment),
                                        payment.amounts().captured()))
                .toList();
    }

    /**
     * What is left to do.
     *
     * @param due questions to banks whose time has come
     * @param doubtSeconds age of the oldest attempt of which it is not known what became
     * @param unsettled operations in the operator's queue
     * @param unbooked changes of disputes that could not be booked, up to 10,000
     * @param unreadSeconds how long ago all that a bank had to tell of disputes was last read
     * @param unsent responses to disputes that no bank took in a few tries, or that were left
     *     lying, up to 10,000
     */
    public record Backlog(
            long due,
            long doubtSeconds,
            long unsettled,
            long unbooked,
            long unreadSeconds,
            long unsent) {
        /** Before anything was counted. */
        public static final Backlog NONE = new Backlog(0, 0, 0, 0, 0, 0);

        private Backlog(DueStore.Backlog of, DisputeInbox.Backlog disputes, long unsent) {
            this(
                    of.due(),
                    of.doubtSeconds(),
                    of.unsettled(),
                    disputes.unbooked(),
                    disputes.unreadSeconds(),
                    unsent);
        }
    }

    /** Counts it; blocks on the database. */
    public Backlog backlog() {
        return backlog.get();
    }

    /** The operator's queue, for the management port. */
    public HttpService operatorQueue(AdminAuthentication admin) {
        return new OperatorQueueRoutes(
                new OperatorQueue(works), admin, config.server().maxSmallBody());
    }

    /**
     * Something that is asked for besides REST.
     *
     * @param key the idempotency key
     * @param kind {@code create}, {@code capture}, {@code cancel}, {@code refund} or {@code adjust}
     * @param payment with which, if it is not to be created
     * @param body as REST takes it
     * @param deadline seconds to wait for it
     */
    public record Command(
            String key,
            String kind,
            Optional<String> payment,
            JsonFields body,
            OptionalLong deadline) {}

    /** Does it; blocks as REST would. */
    public CommandAnswer command(Tenant tenant, Command command) throws InterruptedException {
        return commands.run(tenant, command);
    }

    /** The room's REST routes. */
    public List<HttpService> routes() {
        return routes;
    }

    /** Starts asking banks about open outcomes, and releasing what nobody captured in time. */
    public void startWorkers() {
        resolver.start();
        expiry.start();
        disputes.start();
    }

    /** Takes no more payments and waits for those at work; false when some did not end in time. */
    public boolean drain(Duration patience) throws InterruptedException {
        return payments.drain(patience);
    }

    public void stopWorkers() {
        disputes.close();
        expiry.close();
        resolver.close();
    }
}
