package io.oqim.payment;

import io.micrometer.core.instrument.MeterRegistry;
import io.oqim.bank.Bank;
import io.oqim.bank.Banks;
import io.oqim.http.Problem;
import io.oqim.merchant.Tenant;
import io.oqim.store.TypeId;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/** Creates payments: admission, the choice of a bank, and one driver for each idempotency key. */
final class Payments {
    private final Works works;
    private final Admission admission;
    private final Map<Claim, Driver> inFlight = new ConcurrentHashMap<>();

    private record Claim(long tenant, String key) {}

    Payments(Works works, MeterRegistry registry) {
        this.works = works;
        this.admission = new Admission(works.config().server().maxInFlight(), registry);
    }

    /**
     * Creates a payment, or finds out what became of it. Blocks for {@code patience} at most.
     *
     * @param key the idempotency key
     */
    Answer create(Tenant tenant, String key, CreatePayment request, Duration patience)
            throws InterruptedException {
        Driver atWork = inFlight.get(new Claim(tenant.id(), key));
        if (atWork != null) {
            // It takes no room to wait for a payment that is at work already.
            return join(atWork, fingerprint(request), patience);
        }
        Optional<Admission.Permit> entered = admission.enter();
        if (entered.isEmpty()) {
            return unlessKnown(
                    new Asked(tenant, key, request),
                    Problem.busy(
                            "overloaded",
                            "Too many payments are at work; nothing was stored.",
                            Driver.RETRY));
        }
        Admission.Permit permit = entered.get();
        boolean handedOver = false;
        try {
            Asked asked = new Asked(tenant, key, request);
            if (request.cardExpired(YearMonth.now(ZoneOffset.UTC))) {
                return unlessKnown(asked, CreatePaymentJson.expired());
            }
            return switch (works.banks().choose(tenant.test())) {
                case Banks.Choice.NoneConfigured none ->
                        unlessKnown(
                                asked,
                                Problem.of(
                                        422,
                                        "no_bank_configured",
                                        "No bank is configured for "
                                                + tenant.mode().text()
                                                + " payments."));
                case Banks.Choice.NoneAvailable none ->
                        unlessKnown(
                                asked,
                                Problem.busy(
                                        "bank_unavailable",
                                        "No bank can be reached now; nothing was stored.",
                                        Driver.RETRY));
                case Banks.Choice.Chosen chosen -> {
                    handedOver = true;
                    yield race(
                            asked, new Reserved(chosen.bank(), chosen.place(), permit), patience);
                }
            };
        } finally {
            if (!handedOver) {
                permit.close();
            }
        }
    }

    private record Asked(Tenant tenant, String key, CreatePayment request) {}

    private record Reserved(Bank bank, Bank.Place place, Admission.Permit permit) {}

    private byte[] fingerprint(CreatePayment request) {
        return works.crypto()
                .run(() -> works.hashes().fingerprint(CreatePaymentJson.canonical(request)));
    }

    /** A key that has its answer gets it, whatever would stop a new payment now. */
    private Answer unlessKnown(Asked asked, Problem problem) {
        Optional<IdempotencyStore.Claim> claim =
                works.claims().find(asked.tenant().id(), asked.key());
        if (claim.isEmpty()) {
            return new Answer.Refused(problem);
        }
        if (!MessageDigest.isEqual(claim.get().fingerprint(), fingerprint(asked.request()))) {
            return new Answer.Refused(Winner.reused());
        }
        if (claim.get().stored().isEmpty()) {
            // Unless it proved unsent, bytes of it may be at a bank: nobody may be told that there
            // is nothing.
            return new Answer.Refused(claim.get().reopened() ? problem : Winner.inUse());
        }
        IdempotencyStore.Stored stored = claim.get().stored().get();
        return new Answer.Given(
                stored.status(), stored.body(), stored.eventSeq(), claim.get().payment(), true);
    }

    private Answer race(Asked asked, Reserved reserved, Duration patience)
            throws InterruptedException {
        Driver driver;
        try {
            driver =
                    new Driver(
                            works,
                            asked.tenant(),
                            prepare(asked.tenant(), asked.key(), asked.request(), reserved.bank()),
                            reserved.bank());
        } catch (RuntimeException | Error e) {
            reserved.place().close();
            reserved.permit().close();
            throw e;
        }
        Claim claim = new Claim(asked.tenant().id(), asked.key());
        return race(claim, new Runner(driver, reserved.place(), reserved.permit()), patience);
    }

    /** What a driver holds while it runs. */
    private record Runner(Driver driver, Bank.Place place, Admission.Permit permit) {
        void release() {
            place.close();
            permit.close();
        }
    }

    /** One driver for a key: who comes second waits for the first. */
    private Answer race(Claim claim, Runner runner, Duration patience) throws InterruptedException {
        Driver first = inFlight.putIfAbsent(claim, runner.driver());
        if (first != null) {
            runner.release();
            return join(first, runner.driver().fingerprint(), patience);
        }
        Thread.ofVirtual()
                .name("payment-" + claim.tenant())
                .start(
                        () -> {
                            try {
                                runner.driver().run();
                            } finally {
                                inFlight.remove(claim, runner.driver());
                                runner.release();
                            }
                        });
        Optional<Answer> answer = runner.driver().await(patience);
        return answer.isPresent() ? answer.get() : runner.driver().leave();
    }

    private static Answer join(Driver first, byte[] fingerprint, Duration patience)
            throws InterruptedException {
        if (!MessageDigest.isEqual(first.fingerprint(), fingerprint)) {
            return new Answer.Refused(Winner.reused());
        }
        Optional<Answer> answer = first.await(patience);
        if (answer.isEmpty()) {
            return new Answer.Refused(Winner.inUse());
        }
        return switch (answer.get()) {
            case Answer.Given given -> given.asReplay();
            case Answer.Refused refused -> refused;
        };
    }

    /** Ids and hashes, in one hop to the crypto pool. */
    private Prepared prepare(Tenant tenant, String key, CreatePayment request, Bank bank) {
        return works.crypto()
                .run(
                        () -> {
                            byte[] fingerprint =
                                    works.hashes()
                                            .fingerprint(CreatePaymentJson.canonical(request));
                            byte[] cardHash = works.hashes().card(request.card().number());
                            Open open = open(tenant, key, request, new Source(bank, cardHash));
                            return new Prepared(
                                    open,
                                    fingerprint,
                                    works.changes().first(open, key, fingerprint),
                                    request);
                        });
    }

    private record Source(Bank bank, byte[] cardHash) {}

    private static Open open(Tenant tenant, String key, CreatePayment request, Source source) {
        Instant now = Moment.now();
        UUID id = TypeId.next();
        Payment payment =
                new Payment(
                        id,
                        PaymentStatus.PROCESSING,
                        request.amount(),
                        Amounts.NONE,
                        request.captureMethod(),
                        source.bank().name(),
                        Card.of(
                                request.card().number(),
                                request.card().expMonth(),
                                request.card().expYear(),
                                source.cardHash()),
                        request.details(),
                        Payment.Outcome.NOTHING,
                        tenant.test(),
                        now,
                        now,
                        1);
        Operation operation =
                new Operation(
                        TypeId.next(),
                        id,
                        request.kind(),
                        OperationStatus.PROCESSING,
                        request.amount(),
                        Optional.of(key),
                        now,
                        now);
        return new Open(
                tenant.id(),
                payment,
                operation,
                Attempt.first(operation.id(), source.bank().name()));
    }

    /** Takes no more payments and waits for those at work; false when some did not end in time. */
    boolean drain(Duration patience) throws InterruptedException {
        return admission.drain(patience);
    }
}
