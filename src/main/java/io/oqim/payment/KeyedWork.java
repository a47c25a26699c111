package io.oqim.payment;

import io.oqim.observe.Scope;
import io.oqim.store.StoreException;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Answers requests under their idempotency keys: the first begins the work on a thread of its own,
 * and all wait for it as long as they like.
 */
final class KeyedWork {
    private static final Logger LOG = LoggerFactory.getLogger(KeyedWork.class);

    private final Claims claims;
    private final Duration keepFor;
    private final KeysAtWork atWork = new KeysAtWork();

    /**
     * @param keepFor how much longer than its patience a request may take to store what it is told
     */
    KeyedWork(Claims claims, Duration keepFor) {
        this.claims = claims;
        this.keepFor = keepFor;
    }

    /** Does what was asked, to its end. */
    @FunctionalInterface
    interface Carrier {
        Answer carry(Work work) throws InterruptedException;
    }

    /**
     * The answer. Blocks for {@code patience}, and a moment longer when what is answered then has
     * to be stored.
     */
    Answer answer(KeyedRequest asked, Carrier carrier, Duration patience)
            throws InterruptedException {
        Optional<KeysAtWork.Joined> joined =
                atWork.join(asked, work -> begin(asked, work, carrier));
        if (joined.isEmpty()) {
            return new Answer.Refused(Refusals.reused());
        }
        Work work = joined.get().work();
        Answer answer =
                switch (work.await(patience)) {
                    case Work.Outlook.Ended ended -> ended.answer();
                    case Work.Outlook.Abandoned abandoned ->
                            new Answer.Refused(Refusals.deadline());
                    case Work.Outlook.GoesOn goesOn ->
                            work.kept(() -> claims.keep(asked, goesOn.stored(), keepFor));
                    case Work.Outlook.Unknown unknown -> new Answer.Refused(Refusals.inUse());
                };
        return switch (answer) {
            case Answer.Given given when !joined.get().first() -> given.asReplay();
            case Answer.Given given -> given;
            case Answer.Refused refused -> refused;
        };
    }

    /** The caller may leave, the work goes on. */
    private void begin(KeyedRequest asked, Work work, Carrier carrier) {
        Scope scope = Scope.current();
        Thread.ofVirtual()
                .name("payment-" + asked.tenant().id())
                .start(
                        () ->
                                scope.run(
                                        () ->
                                                atWork.end(
                                                        asked,
                                                        work,
                                                        result(asked, work, carrier))));
    }

    private Answer result(KeyedRequest asked, Work work, Carrier carrier) {
        try {
            Answer answer = carrier.carry(work);
            // Who waited longer than another gets what that one got: a key has one answer.
            return answer instanceof Answer.Given given && work.told()
                    ? claims.answer(asked.tenant().id(), asked.key()).orElse(given)
                    : answer;
        } catch (InterruptedException | RuntimeException | Error e) {
            // Also after an Error: others may wait for this key, and must not wait for ever.
            // The trace of an outage says nothing, and there may be thousands.
            boolean outage = e instanceof StoreException store && store.isOutage();
            LOG.atLevel(outage ? Level.WARN : Level.ERROR)
                    .addKeyValue("tenant", asked.tenant().id())
                    .setCause(outage ? null : e)
                    .log(
                            "a request could not be carried on; what is stored of it, the resolver finishes: {}",
                            e.getMessage());
            return work.whatIsKnown();
        }
    }
}
