package io.oqim.payment;

import io.micrometer.core.instrument.MeterRegistry;
import io.oqim.bank.Banks;
import io.oqim.http.Problem;
import java.time.Duration;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.Optional;

/**
 * All that can stand in the way of a new payment before anything of it is stored: admission, the
 * card's expiry, the choice of a bank and room there. From local knowledge, without waiting.
 */
final class Entrance {
    private final Admission admission;
    private final Banks banks;

    Entrance(int maxInFlight, Banks banks, MeterRegistry registry) {
        this.admission = new Admission(maxInFlight, registry);
        this.banks = banks;
    }

    /** What became of asking. */
    sealed interface Entry {
        /** It may go on; its room is kept until the reservation is closed. */
        record Entered(Reservation reservation) implements Entry {}

        /** It may not. */
        record Refused(Problem problem) implements Entry {}
    }

    Entry enter(KeyedRequest asked) {
        Optional<Admission.Permit> permit = admission.enter();
        if (permit.isEmpty()) {
            return new Entry.Refused(Refusals.overloaded());
        }
        Entry entry = new Entry.Refused(Refusals.bankUnavailable());
        try {
            entry = admitted(asked, permit.get());
            return entry;
        } finally {
            if (entry instanceof Entry.Refused) {
                permit.get().close();
            }
        }
    }

    private Entry admitted(KeyedRequest asked, Admission.Permit permit) {
        if (asked.payment().cardExpired(YearMonth.now(ZoneOffset.UTC))) {
            return new Entry.Refused(CreatePaymentJson.expired());
        }
        return switch (banks.choose(asked.tenant().test())) {
            case Banks.Choice.NoneConfigured none ->
                    new Entry.Refused(Refusals.noBank(asked.tenant().mode().text()));
            case Banks.Choice.NoneAvailable none -> new Entry.Refused(Refusals.bankUnavailable());
            case Banks.Choice.Chosen chosen ->
                    new Entry.Entered(new Reservation(chosen.bank(), chosen.place(), permit));
        };
    }

    boolean closed() {
        return admission.closed();
    }

    /** Lets nobody in any more and waits for those inside; false when some did not end in time. */
    boolean drain(Duration patience) throws InterruptedException {
        return admission.drain(patience);
    }
}
