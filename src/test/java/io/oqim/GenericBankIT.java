package io.oqim;

import static org.assertj.core.api.Assertions.assertThat;

import io.oqim.bank.Authorize;
import io.oqim.bank.BankCall;
import io.oqim.bank.BankHttp;
import io.oqim.bank.BankOperation;
import io.oqim.bank.BankReply;
import io.oqim.bank.Capabilities;
import io.oqim.bank.CardDetails;
import io.oqim.bank.Enquiry;
import io.oqim.bank.Modify;
import io.oqim.bank.Tombstone;
import io.oqim.bank.generic.GenericBank;
import io.oqim.config.BankEndpoint;
import io.oqim.money.Money;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The connector and the simulated bank, which share no code, mean the same by every call. */
class GenericBankIT {
    private static final Duration DEADLINE = Duration.ofSeconds(5);

    private static Rig rig;
    private static GenericBank bank;

    @BeforeAll
    static void start() {
        rig = Rig.start();
        BankEndpoint endpoint = rig.config().banks().endpoints().getFirst();
        bank =
                new GenericBank(
                        new BankHttp(endpoint, rig.config().banks()),
                        new Capabilities(true, true, true, true, endpoint.longestDelay()));
    }

    @AfterAll
    static void stop() {
        rig.close();
    }

    @Test
    void anAuthorizationIsCapturedInPartsAndRefundedInParts() {
        String payment = approved(authorize(call(), 1_000, false));

        assertThat(amount(bank.capture(modify(payment, 400), call()))).isEqualTo(400);
        assertThat(amount(bank.capture(modify(payment, 600), call()))).isEqualTo(600);
        assertThat(bank.capture(modify(payment, 1), call()))
                .isInstanceOfSatisfying(
                        BankReply.Rejected.class,
                        rejected -> assertThat(rejected.code()).isEqualTo("amount_exceeded"));
        assertThat(amount(bank.refund(modify(payment, 700), call()))).isEqualTo(700);
        assertThat(bank.refund(modify(payment, 301), call()))
                .isInstanceOf(BankReply.Rejected.class);
        assertThat(bank.voidRemainder(modify(payment, 1_000), call()))
                .isInstanceOfSatisfying(
                        BankReply.Rejected.class,
                        rejected -> assertThat(rejected.code()).isEqualTo("nothing_to_void"));
    }

    @Test
    void theRestOfAnAuthorizationIsVoided() {
        String payment = approved(authorize(call(), 1_000, false));
        bank.capture(modify(payment, 300), call());

        assertThat(amount(bank.voidRemainder(modify(payment, 700), call()))).isEqualTo(700);
        assertThat(bank.capture(modify(payment, 1), call())).isInstanceOf(BankReply.Rejected.class);
    }

    @Test
    void aReferenceWorksOnceAndIsFoundAgain() {
        BankCall call = call();
        BankReply first = authorize(call, 1_000, true);

        assertThat(authorize(call, 1_000, true)).isInstanceOf(BankReply.Duplicate.class);
        assertThat(bank.enquire(BankOperation.SALE, call)).isEqualTo(new Enquiry.Found(first));
        assertThat(bank.enquire(BankOperation.SALE, call())).isInstanceOf(Enquiry.NotFound.class);
    }

    @Test
    void aTombstoneBarsWhatHasNotArrivedAndUndoesWhatHas() {
        BankCall never = call();
        assertThat(bank.tombstone(never.reference(), call()))
                .isInstanceOfSatisfying(
                        Tombstone.Laid.class, laid -> assertThat(laid.hadEffect()).isFalse());
        assertThat(authorize(never, 1_000, true)).isInstanceOf(BankReply.Reversed.class);

        BankCall sale = call();
        approved(authorize(sale, 1_000, true));
        assertThat(bank.tombstone(sale.reference(), call()))
                .isInstanceOfSatisfying(
                        Tombstone.Laid.class, laid -> assertThat(laid.hadEffect()).isTrue());
    }

    @Test
    void whatIsCapturedIsNotVoidedByReferenceAndTheBankSaysSo() {
        BankCall call = call();
        String payment = approved(authorize(call, 1_000, false));
        bank.capture(modify(payment, 300), call());

        assertThat(bank.tombstone(call.reference(), call()))
                .isEqualTo(new Tombstone.Refused("already_captured"));
    }

    @Test
    void anUnknownPaymentIsRejected() {
        assertThat(bank.capture(modify("nonsense", 5), call()))
                .isInstanceOfSatisfying(
                        BankReply.Rejected.class,
                        rejected -> assertThat(rejected.code()).isEqualTo("payment_not_found"));
    }

    private static BankReply authorize(BankCall call, long amount, boolean capture) {
        return bank.authorize(
                new Authorize(
                        Money.of(amount, "UZS"),
                        capture,
                        false,
                        new CardDetails(Api.CARD, 12, 2030, Optional.of("123"), Optional.empty()),
                        Optional.empty(),
                        Optional.empty()),
                call);
    }

    private static Modify modify(String payment, long amount) {
        return new Modify(payment, Money.of(amount, "UZS"));
    }

    private static String approved(BankReply reply) {
        assertThat(reply).isInstanceOf(BankReply.Approved.class);
        return ((BankReply.Approved) reply).ids().bankReference().orElseThrow();
    }

    private static long amount(BankReply reply) {
        assertThat(reply).isInstanceOf(BankReply.Approved.class);
        return ((BankReply.Approved) reply).effected().minorUnits();
    }

    private static BankCall call() {
        return new BankCall(
                UUID.randomUUID().toString(), System.nanoTime() + DEADLINE.toNanos(), DEADLINE);
    }
}
