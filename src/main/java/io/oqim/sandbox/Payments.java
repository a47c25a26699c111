package io.oqim.sandbox;

import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.UUID;

/** Opens payments: authorizations and sales. */
final class Payments {
    private static final int REFERENCE_LENGTH = 20;

    private final Teller teller;
    private final Settlements settlements;

    Payments(Teller teller, Settlements settlements) {
        this.teller = teller;
        this.settlements = settlements;
    }

    Answer pay(PayOrder order, Strike strike, long latestNanos) {
        Teller.Claim claim = new Teller.Claim(order.reference(), order.reference(), latestNanos);
        Answer answer = teller.once(claim, () -> decide(order, strike));
        if (answer instanceof Answer.Done(Operation operation)) {
            settlements.follow(operation, strike.decision());
        }
        return answer;
    }

    /** A new number under which the bank keeps something; nobody can guess another's. */
    static String newBankReference() {
        String digits = UUID.randomUUID().toString().replace("-", "");
        return "b" + digits.substring(0, REFERENCE_LENGTH).toLowerCase(Locale.ROOT);
    }

    private Step decide(PayOrder order, Strike strike) {
        return switch (strike.decision()) {
            case Decision.Approve approve ->
                    new Movement(
                            operation(order, Outcome.approved(), strike),
                            order.capture() ? Effect.DEBIT : Effect.HOLD,
                            order.amount().minorUnits(),
                            strike.name());
            case Decision.Refuse(Decline decline) ->
                    Movement.nothing(
                            operation(order, Outcome.declined(decline), strike), strike.name());
            case Decision.Wait wait -> open(order, strike, Status.PENDING, settlements.plan(wait));
            case Decision.Challenge challenge ->
                    open(order, strike, Status.ACTION_REQUIRED, settlements.plan(challenge));
        };
    }

    private Step open(PayOrder order, Strike strike, Status status, Plan plan) {
        if (!settlements.hasRoom()) {
            return Answer.BUSY;
        }
        Operation operation = operation(order, Outcome.open(status, plan), strike);
        return Movement.nothing(operation, strike.name());
    }

    private Operation operation(PayOrder order, Outcome outcome, Strike strike) {
        return new Operation(
                order.reference(),
                order.kind(),
                newBankReference(),
                order.amount(),
                lagging(outcome, strike.enquiryLag(), teller.now()),
                order.origin().disputed(strike.disputed()),
                null);
    }

    static Outcome lagging(Outcome outcome, Duration lag, Instant now) {
        return lag.isZero() ? outcome : outcome.hiddenUntil(now.plus(lag));
    }
}
