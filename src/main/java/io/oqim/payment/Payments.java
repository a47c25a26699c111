package io.oqim.payment;

import io.micrometer.core.instrument.MeterRegistry;
import io.oqim.http.Problem;
import io.oqim.http.Refusal;
import io.oqim.merchant.Tenant;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Creates payments and changes them: what is asked under a key that is new goes through the
 * entrance to a driver, and gives its room back before it waits for another process.
 */
final class Payments {
    private final Works works;
    private final Entrance entrance;
    private final KeyedWork keyed;
    private final Recovery recovery;

    Payments(Works works, Recovery recovery, MeterRegistry registry) {
        this.works = works;
        this.recovery = recovery;
        this.entrance =
                new Entrance(works.config().server(), works.banks(), works.behind(), registry);
        this.keyed = new KeyedWork(works.claims(), works.config().journal().secondCommit());
    }

    /**
     * To be called before a request is read: under load, most of the work is to refuse.
     *
     * @throws Refusal 503 when a new payment would have to wait for too long
     */
    void mayEnter(Tenant tenant) {
        entrance.behind(tenant)
                .ifPresent(
                        problem -> {
                            throw new Refusal(problem);
                        });
    }

    /**
     * Creates a payment, or finds out what became of it. Blocks for {@code patience}, and a moment
     * longer when what is answered then has to be stored.
     *
     * @param key the idempotency key
     */
    Answer create(Tenant tenant, String key, CreatePayment request, Duration patience)
            throws InterruptedException {
        KeyedRequest asked = asked(tenant, key, CreatePaymentJson.canonical(request));
        return keyed.answer(
                asked,
                work ->
                        carry(
                                asked,
                                work,
                                () -> entrance.enter(tenant, request),
                                (room, next) -> pay(asked, request, room, work, next)),
                patience);
    }

    private Optional<Answer> pay(
            KeyedRequest asked,
            CreatePayment request,
            Reservation room,
            Work work,
            Answer.Next next) {
        return switch (works.wallet().open(asked.tenant().id(), request.method())) {
            case Wallet.Opening.Opened opened ->
                    new Driver(works, asked, request, opened.means(), room.bank(), work).run(next);
            case Wallet.Opening.Refused refused ->
                    Optional.of(works.claims().insteadOf(refused.problem(), asked));
        };
    }

    /**
     * Captures, cancels or refunds a payment, or finds out what became of that. Blocks as {@link
     * #create}.
     *
     * @throws Refusal 404 when the tenant has no such payment
     */
    Answer modify(
            Tenant tenant, String key, UUID payment, Modification modification, Duration patience)
            throws InterruptedException {
        Payment known =
                works.payments()
                        .find(tenant.id(), payment)
                        .orElseThrow(() -> new Refusal(Problem.notFound("payment")));
        KeyedRequest asked = asked(tenant, key, ModificationJson.canonical(payment, modification));
        return keyed.answer(
                asked,
                work ->
                        carry(
                                asked,
                                work,
                                () -> entrance.enter(known.bank()),
                                (room, next) ->
                                        new Modifier(works, recovery, asked, room.bank(), work)
                                                .run(payment, modification, next)),
                patience);
    }

    private KeyedRequest asked(Tenant tenant, String key, byte[] canonical) {
        return new KeyedRequest(tenant, key, works.hashes().fingerprint(canonical));
    }

    /** One try. */
    @FunctionalInterface
    private interface Try {
        /**
         * @param next what the last try has left to do
         * @return nothing when another process has the key
         */
        Optional<Answer> with(Reservation room, Answer.Next next);
    }

    /** Tries it, and again while somebody waits and it was only too late. */
    private Answer carry(KeyedRequest asked, Work work, Supplier<Entrance.Entry> door, Try drive)
            throws InterruptedException {
        Answer answer = once(asked, work, door.get(), room -> drive.with(room, Answer.Next.ANEW));
        while (answer instanceof Answer.Refused refused
                && refused.next() != Answer.Next.NONE
                && work.again(works.config().payments().tries())) {
            answer = once(asked, work, door.get(), room -> drive.with(room, refused.next()));
        }
        return answer;
    }

    private Answer once(
            KeyedRequest asked,
            Work work,
            Entrance.Entry entry,
            Function<Reservation, Optional<Answer>> drive)
            throws InterruptedException {
        return switch (entry) {
            case Entrance.Entry.Refused refused ->
                    works.claims().insteadOf(refused.problem(), asked);
            case Entrance.Entry.Entered entered -> {
                Optional<Answer> answer;
                try (Reservation reservation = entered.reservation()) {
                    answer = drive.apply(reservation);
                }
                // Waiting for another process takes no room from those who pay.
                yield answer.isPresent()
                        ? answer.get()
                        : works.claims().follow(asked, () -> work.wanted() && !entrance.closed());
            }
        };
    }

    /** Takes nothing new and waits for what is at work; false when some did not end in time. */
    boolean drain(Duration patience) throws InterruptedException {
        return entrance.drain(patience);
    }
}
