package io.oqim.payment;

import io.micrometer.core.instrument.MeterRegistry;
import io.oqim.bank.Bank;
import io.oqim.bank.Banks;
import io.oqim.config.ServerConfig;
import io.oqim.http.Problem;
import io.oqim.merchant.Tenant;
import java.time.Duration;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.LongUnaryOperator;

/**
 * All that can stand in the way of a payment or an operation before anything of it is stored:
 * admission, the card's expiry, the choice of a bank and room there. From local knowledge, without
 * waiting.
 */
final class Entrance {
    private final Admission admission;
    private final Banks banks;
    private final LongUnaryOperator behind;
    private final long maxDelayNanos;
    private final RetryAfter retryAfter;

    /**
     * @param behind how long a tenant's new payments would wait, in nanoseconds
     */
    Entrance(ServerConfig config, Banks banks, LongUnaryOperator behind, MeterRegistry registry) {
        this.admission = new Admission(config.maxInFlight(), registry);
        this.banks = banks;
        this.behind = behind;
        this.maxDelayNanos = config.maxDelay().toNanos();
        this.retryAfter = new RetryAfter(config.maxRetryAfter(), System::nanoTime);
    }

    /**
     * What is said when more is asked for than can be written; looked at before anything costs
     * time.
     */
    Optional<Problem> behind(Tenant tenant) {
        if (behind.applyAsLong(tenant.id()) > maxDelayNanos) {
            admission.refused();
            return Optional.of(Refusals.overloaded(retryAfter.refused()));
        }
        return Optional.empty();
    }

    /** What became of asking. */
    sealed interface Entry {
        /** It may go on; its room is kept until the reservation is closed. */
        record Entered(Reservation reservation) implements Entry {}

        /** It may not. */
        record Refused(Problem problem) implements Entry {}
    }

    /** Asks for a new payment. */
    Entry enter(Tenant tenant, CreatePayment payment) {
        return admitted(permit -> toAnyBank(tenant, payment, permit));
    }

    /** Asks for an operation on a payment of this bank. */
    Entry enter(String bank) {
        return admitted(permit -> toBank(bank, permit));
    }

    private Entry admitted(Function<Admission.Permit, Entry> choice) {
        Optional<Admission.Permit> permit = admission.enter();
        if (permit.isEmpty()) {
            return new Entry.Refused(Refusals.overloaded(retryAfter.refused()));
        }
        Entry entry = new Entry.Refused(Refusals.bankUnavailable());
        try {
            entry = choice.apply(permit.get());
            if (entry instanceof Entry.Entered) {
                retryAfter.admitted();
            }
            return entry;
        } finally {
            if (entry instanceof Entry.Refused) {
                permit.get().close();
            }
        }
    }

    private Entry toAnyBank(Tenant tenant, CreatePayment payment, Admission.Permit permit) {
        if (payment.method().expired(YearMonth.now(ZoneOffset.UTC))) {
            return new Entry.Refused(CreatePaymentJson.expired("payment_method.card.exp_year"));
        }
        Optional<String> only = payment.method().onlyBank();
        if (only.isPresent()) {
            return banks.named(only.get())
                            .filter(bank -> bank.serves(tenant.test()))
                            .filter(bank -> bank.capabilities().tokens())
                            .isPresent()
                    ? toBank(only.get(), permit)
                    : new Entry.Refused(CreatePaymentJson.unknownBank());
        }
        return switch (banks.choose(tenant.test())) {
            case Banks.Choice.NoneConfigured none ->
                    new Entry.Refused(Refusals.noBank(tenant.mode().text()));
            case Banks.Choice.NoneAvailable none -> noBank();
            case Banks.Choice.Chosen chosen ->
                    new Entry.Entered(new Reservation(chosen.bank(), chosen.place(), permit));
        };
    }

    private Entry toBank(String name, Admission.Permit permit) {
        Optional<Bank> bank = banks.named(name).filter(Bank::available);
        return bank.flatMap(Bank::reserve)
                .<Entry>map(
                        place ->
                                new Entry.Entered(
                                        new Reservation(bank.orElseThrow(), place, permit)))
                .orElseGet(this::noBank);
    }

    private Entry noBank() {
        return new Entry.Refused(Refusals.bankUnavailable(retryAfter.refused()));
    }

    boolean closed() {
        return admission.closed();
    }

    /** Lets nobody in any more and waits for those inside; false when some did not end in time. */
    boolean drain(Duration patience) throws InterruptedException {
        return admission.drain(patience);
    }
}
