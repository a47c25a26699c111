package io.oqim.payment;

import io.micrometer.core.instrument.MeterRegistry;
import io.oqim.merchant.Tenant;
import io.oqim.observe.Scope;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Creates payments: one work for each idempotency key in this process, admission for what is new,
 * and what another process made of a key for what is not.
 */
final class Payments {
    private static final Logger LOG = LoggerFactory.getLogger(Payments.class);

    private final Works works;
    private final Entrance entrance;
    private final KeysAtWork atWork = new KeysAtWork();

    Payments(Works works, MeterRegistry registry) {
        this.works = works;
        this.entrance =
                new Entrance(works.config().server().maxInFlight(), works.banks(), registry);
    }

    /**
     * Creates a payment, or finds out what became of it. Blocks for {@code patience}, and a moment
     * longer when what is answered then has to be stored.
     *
     * @param key the idempotency key
     */
    Answer create(Tenant tenant, String key, CreatePayment request, Duration patience)
            throws InterruptedException {
        KeyedRequest asked = KeyedRequest.of(tenant, key, request, works.hashes());
        Optional<KeysAtWork.Joined> joined = atWork.join(asked, this::begin);
        if (joined.isEmpty()) {
            return new Answer.Refused(Refusals.reused());
        }
        Answer answer =
                switch (joined.get().work().await(patience)) {
                    case Work.Outlook.Ended ended -> ended.answer();
                    case Work.Outlook.Abandoned abandoned ->
                            new Answer.Refused(Refusals.deadline());
                    case Work.Outlook.GoesOn goesOn ->
                            joined.get().work().kept(() -> keep(asked, goesOn.stored()));
                    case Work.Outlook.Unknown unknown -> new Answer.Refused(Refusals.inUse());
                };
        return switch (answer) {
            case Answer.Given given when !joined.get().first() -> given.asReplay();
            case Answer.Given given -> given;
            case Answer.Refused refused -> refused;
        };
    }

    private Answer.Given keep(KeyedRequest asked, Answer.Given stored) {
        return works.claims().keep(asked, stored, works.config().journal().secondCommit());
    }

    /** Starts the work on a thread of its own: the caller may leave, the work goes on. */
    private void begin(KeyedRequest asked, Work work) {
        Scope scope = Scope.current();
        Thread.ofVirtual()
                .name("payment-" + asked.tenant().id())
                .start(() -> scope.run(() -> atWork.end(asked, work, result(asked, work))));
    }

    private Answer result(KeyedRequest asked, Work work) {
        try {
            Answer answer = carry(asked, work);
            // Who waited longer than another gets what that one got: a key has one answer.
            return answer instanceof Answer.Given given && work.told()
                    ? works.claims()
                            .answer(asked.tenant().id(), asked.key(), given.payment())
                            .orElse(given)
                    : answer;
        } catch (InterruptedException | RuntimeException | Error e) {
            // Also after an Error: others may wait for this key, and must not wait for ever.
            LOG.atError()
                    .addKeyValue("tenant", asked.tenant().id())
                    .setCause(e)
                    .log(
                            "a payment could not be carried on; what is stored of it, the resolver finishes");
            return work.whatIsKnown();
        }
    }

    private Answer carry(KeyedRequest asked, Work work) throws InterruptedException {
        return switch (entrance.enter(asked)) {
            case Entrance.Entry.Refused refused ->
                    works.claims().insteadOf(refused.problem(), asked);
            case Entrance.Entry.Entered entered -> {
                Optional<Answer> answer;
                try (Reservation reservation = entered.reservation()) {
                    answer = new Driver(works, asked, reservation.bank(), work).run();
                }
                // Waiting for another process takes no room from those who pay.
                yield answer.isPresent()
                        ? answer.get()
                        : works.claims().follow(asked, () -> work.wanted() && !entrance.closed());
            }
        };
    }

    /** Takes no more payments and waits for those at work; false when some did not end in time. */
    boolean drain(Duration patience) throws InterruptedException {
        return entrance.drain(patience);
    }
}
