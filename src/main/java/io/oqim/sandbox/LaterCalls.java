package io.oqim.sandbox;

/** What happens to a payment later: captures, voids, refunds and adjustments. */
final class LaterCalls {
    private static final Answer.Refused CURRENCY_MISMATCH =
            new Answer.Refused(422, "currency_mismatch", "The payment has another currency.");
    private static final Answer.Refused NOT_ADJUSTABLE =
            new Answer.Refused(
                    422, "not_adjustable", "Only an approved, open authorization can be adjusted.");

    private final Register register;
    private final Teller teller;
    private final Settlements settlements;

    LaterCalls(Register register, Teller teller, Settlements settlements) {
        this.register = register;
        this.teller = teller;
        this.settlements = settlements;
    }

    /**
     * @param payment as it was found; only what never changes of it is used
     */
    Answer process(LaterOrder order, Payment payment, Strike strike, long latestNanos) {
        Teller.Claim claim = new Teller.Claim(order.reference(), payment.reference(), latestNanos);
        Answer answer = teller.once(claim, () -> decide(order, strike));
        if (answer instanceof Answer.Done(Operation operation)) {
            settlements.follow(operation, strike.decision());
        }
        return answer;
    }

    private Step decide(LaterOrder order, Strike strike) {
        Payment payment = register.payment(order.payment()).orElseThrow();
        boolean carriesAmount = order.kind() != OperationKind.VOID;
        if (carriesAmount && !order.amount().currency().equals(payment.original().currency())) {
            return CURRENCY_MISMATCH;
        }
        long amount = order.amount().minorUnits();
        Sums sums = payment.sums();
        return switch (order.kind()) {
            case CAPTURE ->
                    amount > sums.capturable()
                            ? Answer.AMOUNT_EXCEEDED
                            : move(order, strike, Effect.DEBIT, amount);
            case REFUND ->
                    amount > sums.refundable()
                            ? Answer.AMOUNT_EXCEEDED
                            : move(order, strike, Effect.CREDIT, amount);
            case VOID -> release(order, strike, payment);
            case ADJUST -> adjust(order, strike, payment);
            case AUTHORIZE, SALE -> throw new IllegalArgumentException("no later call: " + order);
        };
    }

    private Step release(LaterOrder order, Strike strike, Payment payment) {
        long left = payment.sums().capturable();
        if (left <= 0) {
            return Answer.NOTHING_TO_VOID;
        }
        Operation operation =
                Operation.later(order, payment.original().of(left), Outcome.approved());
        return new Movement(operation, Effect.RELEASE, left, strike.name());
    }

    private Step adjust(LaterOrder order, Strike strike, Payment payment) {
        Sums sums = payment.sums();
        if (payment.kind() != OperationKind.AUTHORIZE
                || payment.closed()
                || sums.authorized() == 0) {
            return NOT_ADJUSTABLE;
        }
        long difference = order.amount().minorUnits() - sums.authorized();
        if (sums.capturable() + difference < 0) {
            return Answer.AMOUNT_EXCEEDED;
        }
        return move(order, strike, Settlements.adjusting(difference), Math.abs(difference));
    }

    private Step move(LaterOrder order, Strike strike, Effect effect, long amount) {
        return switch (strike.decision()) {
            case Decision.Approve approve ->
                    new Movement(
                            operation(order, Outcome.approved(), strike),
                            effect,
                            amount,
                            strike.name());
            case Decision.Refuse(Decline decline) ->
                    Movement.nothing(
                            operation(order, Outcome.declined(decline), strike), strike.name());
            case Decision.Wait wait -> open(order, strike, settlements.plan(wait));
            case Decision.Challenge challenge ->
                    throw new IllegalArgumentException("no later call is challenged: " + challenge);
        };
    }

    private Step open(LaterOrder order, Strike strike, Plan plan) {
        if (!settlements.hasRoom()) {
            return Answer.BUSY;
        }
        Operation operation = operation(order, Outcome.open(Status.PENDING, plan), strike);
        return Movement.nothing(operation, strike.name());
    }

    private Operation operation(LaterOrder order, Outcome outcome, Strike strike) {
        Outcome lagging = Payments.lagging(outcome, strike.enquiryLag(), teller.now());
        return Operation.later(order, order.amount(), lagging);
    }
}
