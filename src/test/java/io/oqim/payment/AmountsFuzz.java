package io.oqim.payment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import io.oqim.money.Money;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/**
 * Whatever is asked of a payment in whatever order, and whatever becomes of it, no sum is more than
 * what it is taken from; and what was taken is accounted for.
 */
class AmountsFuzz {
    private record Open(OperationKind kind, Extent extent) {}

    @FuzzTest(maxDuration = "2m")
    void noOrderOfThingsBreaksAMoneyRule(FuzzedDataProvider data) {
        long authorized = data.consumeLong(1, Money.MOST);
        Payment payment = authorized(authorized);
        List<Open> open = new ArrayList<>();
        while (data.remainingBytes() > 0) {
            Amounts before = payment.amounts();
            Amounts after =
                    switch (data.consumeInt(0, 3)) {
                        case 0 -> ask(payment, modification(data), open);
                        case 1 -> decide(before, open, data);
                        case 2 -> dispute(before, data.consumeLong());
                        default -> before;
                    };
            assertThat(after.capturable()).isNotNegative();
            assertThat(after.refundable()).isNotNegative();
            assertThat(after.refundable()).isLessThanOrEqualTo(after.captured());
            assertThat(after.disputed().amount()).isBetween(0L, after.captured());
            payment = payment.next(status(after), after, Payment.Outcome.NOTHING, Samples.NOW);
        }
    }

    private static Payment authorized(long amount) {
        return Samples.payment(
                        OperationKind.AUTHORIZE, PaymentStatus.PROCESSING, Payment.Outcome.NOTHING)
                .next(
                        PaymentStatus.AUTHORIZED,
                        Amounts.NONE.authorize(amount),
                        Payment.Outcome.NOTHING,
                        Samples.NOW);
    }

    private static PaymentStatus status(Amounts amounts) {
        if (amounts.captured() == 0) {
            return PaymentStatus.AUTHORIZED;
        }
        return amounts.left() > 0 ? PaymentStatus.PARTIALLY_CAPTURED : PaymentStatus.CAPTURED;
    }

    private static Modification modification(FuzzedDataProvider data) {
        OptionalLong amount =
                data.consumeBoolean()
                        ? OptionalLong.of(data.consumeLong(1, Money.MOST))
                        : OptionalLong.empty();
        return switch (data.consumeInt(0, 3)) {
            case 0 -> new Modification.Capture(amount, data.consumeBoolean());
            case 1 -> new Modification.Refund(amount);
            case 2 -> new Modification.Adjustment(amount.orElse(1));
            default -> new Modification.Cancel();
        };
    }

    private static Amounts ask(Payment payment, Modification asked, List<Open> open) {
        return switch (Lifecycle.decide(payment, asked)) {
            case Lifecycle.Decision.Reserved reserved -> {
                boolean ignored = open.add(new Open(asked.kind(), reserved.extent()));
                yield reserved.amounts();
            }
            case Lifecycle.Decision.Refused refused -> {
                assertThat(refused.problem().status()).isEqualTo(409);
                yield payment.amounts();
            }
            case Lifecycle.Decision.Undoes undoes ->
                    throw new AssertionError("nothing is undecided");
        };
    }

    /** The bank decides one of those under way. */
    private static Amounts decide(Amounts amounts, List<Open> open, FuzzedDataProvider data) {
        if (open.isEmpty()) {
            return amounts;
        }
        Open one = open.remove(data.consumeInt(0, open.size() - 1));
        Extent extent = one.extent();
        if (!data.consumeBoolean()) {
            return amounts.release(one.kind(), extent);
        }
        Amounts done = amounts.effect(one.kind(), extent);
        if (extent.releases() > 0) {
            boolean ignored = open.add(new Open(OperationKind.VOID, Extent.of(extent.releases())));
        }
        return done;
    }

    /**
     * A bank takes what it takes, but never more than was captured, nor gives back what it had not.
     */
    private static Amounts dispute(Amounts amounts, long wanted) {
        long taken = amounts.disputed().amount();
        if (wanted > amounts.captured() - taken || wanted < -taken) {
            assertThat(catchThrowable(() -> amounts.dispute(wanted)))
                    .isInstanceOfAny(IllegalArgumentException.class, ArithmeticException.class);
            return amounts;
        }
        return amounts.dispute(wanted);
    }
}
