package io.oqim.payment;

import io.oqim.bank.Bank;
import io.oqim.bank.BankCall;
import io.oqim.bank.DisputeReply;
import io.oqim.bank.DisputeResponse;
import io.oqim.config.DisputesConfig;
import io.oqim.store.Commit;
import io.oqim.store.TypeId;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends responses to banks, until the bank has said something to each. All of it may be sent again:
 * the bank knows parts by their file and number, and a response by its reference.
 */
final class DisputeSender {
    private static final Logger LOG = LoggerFactory.getLogger(DisputeSender.class);

    /** How often one call is made before the rest is put off. */
    private static final int TRIES = 3;

    private final Works works;
    private final DisputesConfig config;
    private final DisputeStore store;
    private final DisputeBooking booking;

    /** For each bank: one that is down takes no others. */
    private final Map<String, Semaphore> places = new ConcurrentHashMap<>();

    DisputeSender(Works works, DisputeStore store, DisputeBooking booking) {
        this.works = works;
        this.config = works.config().disputes();
        this.store = store;
        this.booking = booking;
    }

    /** Begins to send what is due at a bank, each on a thread of its own. */
    void turn(Bank bank, BooleanSupplier closing) {
        Semaphore here =
                places.computeIfAbsent(bank.name(), name -> new Semaphore(config.concurrency()));
        int free = here.drainPermits();
        List<DisputeStore.Sending> due = List.of();
        try {
            due = free == 0 ? due : store.take(bank.name(), free, config.lease());
        } finally {
            here.release(free - due.size());
        }
        for (DisputeStore.Sending one : due) {
            Thread.ofVirtual()
                    .name("dispute-response")
                    .start(
                            () -> {
                                try {
                                    send(one, bank, closing);
                                } catch (RuntimeException e) {
                                    later(one, e.toString());
                                } finally {
                                    here.release();
                                }
                            });
        }
    }

    private void send(DisputeStore.Sending sending, Bank bank, BooleanSupplier closing) {
        List<DisputeFile> files =
                store.files(sending.tenant(), sending.dispute().id()).stream()
                        .filter(file -> sending.response().files().contains(file.id()))
                        .toList();
        DisputeReply reply =
                sendAll(sending, bank, files, closing)
                        .orElseGet(() -> insisted(() -> respond(sending, bank, files)));
        switch (reply) {
            case DisputeReply.Answered answered -> {
                DisputeBooking.Booked booked =
                        booking.book(
                                sending.tenant(),
                                bank.name(),
                                answered.news(),
                                sending.response().id());
                if (booked instanceof DisputeBooking.Booked.Waits waits) {
                    later(sending, "what the bank says to it does not fit: " + waits.why());
                }
            }
            case DisputeReply.Refused refused -> refused(sending, refused.code());
            case DisputeReply.Silent silent -> later(sending, silent.reason());
            case DisputeReply.Stored stored -> later(sending, "no answer to the response");
        }
    }

    /**
     * Sends parts until the bank does not take one: it may have the response already, and then
     * takes none. What it says to the response decides.
     *
     * @return its silence, if it was silent
     */
    private Optional<DisputeReply> sendAll(
            DisputeStore.Sending sending,
            Bank bank,
            List<DisputeFile> files,
            BooleanSupplier closing) {
        for (DisputeFile file : files) {
            for (int number = 0; number < file.parts(); number++) {
                if (closing.getAsBoolean()) {
                    return Optional.of(new DisputeReply.Silent("this process is about to end"));
                }
                int part = number;
                switch (insisted(() -> send(sending, bank, file, part))) {
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

    /** A bank that was silent once need not get everything again. */
    private static DisputeReply insisted(Supplier<DisputeReply> call) {
        DisputeReply reply = call.get();
        for (int tries = 1; tries < TRIES && reply instanceof DisputeReply.Silent; tries++) {
            reply = call.get();
        }
        return reply;
    }

    private DisputeReply respond(DisputeStore.Sending sending, Bank bank, List<DisputeFile> files) {
        Dispute.Response response = sending.response();
        return bank.respond(
                new DisputeResponse(
                        sending.dispute().source().dispute(),
                        response.accepts(),
                        response.text(),
                        files.stream().map(DisputeSender::named).toList()),
                call(TypeId.text("dsr", response.id())));
    }

    private DisputeReply send(
            DisputeStore.Sending sending, Bank bank, DisputeFile file, int number) {
        byte[] data =
                store.part(sending.tenant(), file.id(), number)
                        .orElseThrow(() -> new IllegalStateException("a file without a part"));
        return bank.evidence(
                new DisputeResponse.Part(
                        sending.dispute().source().dispute(),
                        named(file),
                        number,
                        file.parts(),
                        data),
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

    /** This response, and no other that was given after it. */
    private void refused(DisputeStore.Sending sending, String code) {
        UUID id = sending.response().id();
        boolean over = false;
        while (!over) {
            Optional<Dispute> now =
                    store.find(sending.tenant(), sending.dispute().id())
                            .filter(dispute -> dispute.sending(id));
            over =
                    now.isEmpty()
                            || works.journal()
                                            .commitInBackground(
                                                    DisputeChanges.refused(
                                                            sending.tenant(),
                                                            now.get()
                                                                    .heard(
                                                                            Dispute.Delivery
                                                                                    .REFUSED,
                                                                            code,
                                                                            Moment.now())))
                                    instanceof Commit.Accepted;
        }
    }

    private void later(DisputeStore.Sending sending, String why) {
        LOG.atWarn()
                .addKeyValue("tenant", sending.tenant())
                .addKeyValue("dispute", sending.dispute().id())
                .log("a response could not be sent this time: {}", why);
        List<Duration> schedule = config.schedule();
        try {
            store.sendAgain(sending, schedule.get(Math.min(sending.times(), schedule.size()) - 1));
        } catch (RuntimeException e) {
            // Then it is sent again when the lease is over.
            LOG.debug("a response could not be put off: {}", e.toString());
        }
    }
}
