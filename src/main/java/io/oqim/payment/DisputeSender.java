package io.oqim.payment;

import io.oqim.bank.Bank;
import io.oqim.bank.BankCall;
import io.oqim.bank.DisputeReply;
import io.oqim.bank.DisputeResponse;
import io.oqim.config.DisputesConfig;
import io.oqim.store.Change;
import io.oqim.store.Commit;
import io.oqim.store.TypeId;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends responses to banks, until the bank has said something to each. All of it may be sent again:
 * the bank knows parts by their file and number, and a response by its reference.
 */
final class DisputeSender {
    private static final Logger LOG = LoggerFactory.getLogger(DisputeSender.class);

    private final Works works;
    private final DisputesConfig config;
    private final DisputeStore store;
    private final DisputeBooking booking;
    private final Semaphore places;

    DisputeSender(Works works, DisputeStore store, DisputeBooking booking) {
        this.works = works;
        this.config = works.config().disputes();
        this.store = store;
        this.booking = booking;
        this.places = new Semaphore(config.concurrency());
    }

    /** Begins to send what is due, each on a thread of its own. */
    void turn() {
        int free = Math.min(places.drainPermits(), config.batch());
        List<DisputeStore.Due> due = free == 0 ? List.of() : taken(free);
        places.release(free - due.size());
        for (DisputeStore.Due one : due) {
            Thread.ofVirtual()
                    .name("dispute-response")
                    .start(
                            () -> {
                                try {
                                    send(one);
                                } catch (RuntimeException e) {
                                    warn(one, e.toString());
                                } finally {
                                    places.release();
                                }
                            });
        }
    }

    private List<DisputeStore.Due> taken(int most) {
        try {
            return store.take(most, config.lease());
        } catch (RuntimeException e) {
            LOG.warn("responses to disputes could not be looked up: {}", e.toString());
            return List.of();
        }
    }

    private void send(DisputeStore.Due due) {
        Optional<Bank> bank = works.banks().named(due.dispute().source().bank());
        Optional<Dispute.Response> response = due.dispute().response();
        DisputeReply reply =
                bank.isPresent() && response.isPresent()
                        ? send(due, bank.get(), response.get())
                        : new DisputeReply.Silent("the bank is not configured");
        switch (reply) {
            case DisputeReply.Answered answered -> {
                // How it stands first: who sees the delivery sees what came of it.
                boolean booked =
                        booking.book(due.dispute().source().bank(), answered.news())
                                instanceof DisputeBooking.Booked.Done;
                if (booked) {
                    deliver(due, Dispute.Delivery.DELIVERED, "");
                } else {
                    later(due, "how it stands cannot be booked");
                }
            }
            case DisputeReply.Refused refused ->
                    deliver(due, Dispute.Delivery.REFUSED, refused.code());
            case DisputeReply.Silent silent -> later(due, silent.reason());
            case DisputeReply.Stored stored -> later(due, "no answer to the response");
        }
    }

    private DisputeReply send(DisputeStore.Due due, Bank bank, Dispute.Response response) {
        String name = due.dispute().source().dispute();
        List<DisputeFile> files =
                store.files(due.tenant(), due.dispute().id()).stream()
                        .filter(file -> response.files().contains(file.id()))
                        .toList();
        Optional<DisputeReply> silent = sendAll(due, bank, files);
        if (silent.isPresent()) {
            return silent.get();
        }
        return bank.respond(
                new DisputeResponse(
                        name,
                        response.accepts(),
                        response.text(),
                        files.stream().map(DisputeSender::named).toList()),
                call(TypeId.text("dsr", response.id())));
    }

    /**
     * Sends parts until the bank does not take one: it may have the response already, and then
     * takes none. What it says to the response decides.
     *
     * @return its silence, if it was silent
     */
    private Optional<DisputeReply> sendAll(
            DisputeStore.Due due, Bank bank, List<DisputeFile> files) {
        for (DisputeFile file : files) {
            for (int number = 0; number < file.parts(); number++) {
                switch (send(due, bank, file, number)) {
                    case DisputeReply.Stored stored -> {}
                    case DisputeReply.Silent silent -> {
                        return Optional.of(silent);
                    }
                    case DisputeReply.Refused refused -> {
                        return Optional.empty();
                    }
                    case DisputeReply.Answered answered ->
                            throw new IllegalStateException("an answer to a part");
                }
            }
        }
        return Optional.empty();
    }

    private DisputeReply send(DisputeStore.Due due, Bank bank, DisputeFile file, int number) {
        byte[] data =
                store.part(due.tenant(), file.id(), number)
                        .orElseThrow(() -> new IllegalStateException("a file without a part"));
        return bank.evidence(
                new DisputeResponse.Part(
                        due.dispute().source().dispute(), named(file), number, file.parts(), data),
                call(TypeId.text("dfl", file.id())));
    }

    private BankCall call(String reference) {
        return BankCall.harmless(reference, works.config().banks().deadline());
    }

    private static DisputeResponse.File named(DisputeFile file) {
        return new DisputeResponse.File(
                TypeId.text("dfl", file.id()),
                file.name(),
                file.type().media(),
                file.size(),
                HexFormat.of().formatHex(file.sha256()));
    }

    private void deliver(DisputeStore.Due due, Dispute.Delivery how, String code) {
        while (true) {
            Optional<Dispute> now = store.find(due.tenant(), due.dispute().id());
            if (now.isEmpty() || !now.get().sending()) {
                return;
            }
            Dispute.Response given = now.get().response().orElseThrow();
            if (written(due, now.get(), given.delivered(how, code))) {
                return;
            }
        }
    }

    private boolean written(DisputeStore.Due due, Dispute now, Dispute.Response given) {
        Dispute after = now.responded(given, Moment.now());
        Change change =
                given.delivery() == Dispute.Delivery.REFUSED
                        ? DisputeChanges.refused(due.tenant(), after)
                        : DisputeChanges.changed(due.tenant(), after);
        return works.journal().commitInBackground(change) instanceof Commit.Accepted;
    }

    private void later(DisputeStore.Due due, String why) {
        warn(due, why);
        int sends = Math.max(1, store.sends(due));
        List<Duration> schedule = config.schedule();
        store.sendAgain(due, schedule.get(Math.min(sends, schedule.size()) - 1));
    }

    private static void warn(DisputeStore.Due due, String why) {
        LOG.atWarn()
                .addKeyValue("tenant", due.tenant())
                .addKeyValue("dispute", due.dispute().id())
                .log("a response could not be sent this time: {}", why);
    }
}
