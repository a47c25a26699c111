package io.oqim.payment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.oqim.bank.BankIds;
import io.oqim.bank.BankReply;
import io.oqim.ledger.Posting;
import io.oqim.merchant.Policy;
import io.oqim.money.Money;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class SettlingTest {
    private static final BankIds IDS =
            new BankIds(Optional.of("b-1"), Optional.of("A1"), Optional.of("r-1"));

    private final Settling settling = new Settling(Samples.CONFIG);

    /** Every reply, for both kinds, before and after the outcome was in doubt. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    # reply          | kind      | before          | payment         | operation       | attempt  | status | check | postings | events
                    approved         | sale      | processing      | captured        | succeeded       | approved | 201 | none  | 125000 | payment.captured
                    approved         | authorize | processing      | authorized      | succeeded       | approved | 201 | none  | none   | payment.authorized
                    approved         | sale      | in_doubt        | captured        | succeeded       | approved | 201 | none  | 125000 | payment.resolved payment.captured
                    approved         | authorize | in_doubt        | authorized      | succeeded       | approved | 201 | none  | none   | payment.resolved payment.authorized
                    approved         | sale      | requires_action | captured        | succeeded       | approved | 201 | none  | 125000 | payment.captured
                    approved         | authorize | requires_action | authorized      | succeeded       | approved | 201 | none  | none   | payment.authorized
                    pending          | sale      | processing      | processing      | processing      | pending  | 202 | 1s    | none   | ''
                    pending          | authorize | processing      | processing      | processing      | pending  | 202 | 1s    | none   | ''
                    pending          | sale      | in_doubt        | processing      | processing      | pending  | 202 | 1s    | none   | payment.resolved
                    pending          | authorize | in_doubt        | processing      | processing      | pending  | 202 | 1s    | none   | payment.resolved
                    action           | sale      | processing      | requires_action | requires_action | pending  | 201 | 1s    | none   | payment.requires_action
                    action           | authorize | processing      | requires_action | requires_action | pending  | 201 | 1s    | none   | payment.requires_action
                    action           | sale      | in_doubt        | requires_action | requires_action | pending  | 201 | 1s    | none   | payment.resolved payment.requires_action
                    action           | authorize | in_doubt        | requires_action | requires_action | pending  | 201 | 1s    | none   | payment.resolved payment.requires_action
                    declined hard    | sale      | processing      | declined        | declined        | declined | 201 | none  | none   | payment.declined
                    declined soft    | authorize | processing      | declined        | declined        | declined | 201 | none  | none   | payment.declined
                    declined hard    | sale      | in_doubt        | declined        | declined        | declined | 201 | none  | none   | payment.resolved payment.declined
                    declined soft    | authorize | in_doubt        | declined        | declined        | declined | 201 | none  | none   | payment.resolved payment.declined
                    declined hard    | sale      | requires_action | declined        | declined        | declined | 201 | none  | none   | payment.declined
                    rejected         | sale      | processing      | failed          | failed          | rejected | 201 | none  | none   | payment.failed
                    rejected         | authorize | processing      | failed          | failed          | rejected | 201 | none  | none   | payment.failed
                    rejected         | sale      | in_doubt        | failed          | failed          | rejected | 201 | none  | none   | payment.resolved payment.failed
                    rejected         | authorize | in_doubt        | failed          | failed          | rejected | 201 | none  | none   | payment.resolved payment.failed
                    not sent         | sale      | processing      | processing      | processing      | not_sent | 503 | 1m    | none   | ''
                    not sent         | authorize | processing      | processing      | processing      | not_sent | 503 | 1m    | none   | ''
                    not processed    | sale      | processing      | failed          | failed          | rejected | 201 | none  | none   | payment.failed
                    not processed    | authorize | processing      | failed          | failed          | rejected | 201 | none  | none   | payment.failed
                    not processed    | sale      | in_doubt        | failed          | failed          | rejected | 201 | none  | none   | payment.resolved payment.failed
                    not processed    | authorize | in_doubt        | failed          | failed          | rejected | 201 | none  | none   | payment.resolved payment.failed
                    unknown          | sale      | processing      | in_doubt        | in_doubt        | unknown  | 202 | 1s    | none   | payment.in_doubt
                    unknown          | authorize | processing      | in_doubt        | in_doubt        | unknown  | 202 | 1s    | none   | payment.in_doubt
                    unknown          | sale      | in_doubt        | in_doubt        | in_doubt        | unknown  | 202 | 1s    | none   | ''
                    unknown          | authorize | in_doubt        | in_doubt        | in_doubt        | unknown  | 202 | 1s    | none   | ''
                    unknown          | sale      | requires_action | in_doubt        | in_doubt        | unknown  | 202 | 1s    | none   | payment.in_doubt
                    duplicate        | sale      | processing      | in_doubt        | in_doubt        | unknown  | 202 | 1s    | none   | payment.in_doubt
                    duplicate        | authorize | processing      | in_doubt        | in_doubt        | unknown  | 202 | 1s    | none   | payment.in_doubt
                    duplicate        | sale      | in_doubt        | in_doubt        | in_doubt        | unknown  | 202 | 1s    | none   | ''
                    duplicate        | authorize | in_doubt        | in_doubt        | in_doubt        | unknown  | 202 | 1s    | none   | ''
                    undone           | sale      | processing      | canceled        | canceled        | reversed | 201 | none  | none   | payment.canceled
                    undone           | authorize | processing      | canceled        | canceled        | reversed | 201 | none  | none   | payment.canceled
                    undone           | sale      | in_doubt        | canceled        | canceled        | reversed | 201 | none  | none   | payment.resolved payment.canceled
                    undone           | authorize | in_doubt        | canceled        | canceled        | reversed | 201 | none  | none   | payment.resolved payment.canceled
                    never happened   | sale      | processing      | failed          | failed          | reversed | 201 | none  | none   | payment.failed
                    never happened   | authorize | processing      | failed          | failed          | reversed | 201 | none  | none   | payment.failed
                    never happened   | sale      | in_doubt        | failed          | failed          | reversed | 201 | none  | none   | payment.resolved payment.failed
                    never happened   | authorize | in_doubt        | failed          | failed          | reversed | 201 | none  | none   | payment.resolved payment.failed
                    """)
    void everyReplyLeadsToOneState(
            String reply,
            String kind,
            String before,
            String payment,
            String operation,
            String attempt,
            int status,
            String check,
            String postings,
            String events) {
        Open open = open(kind, before);

        Settled settled = settling.settle(open, reply(reply), Samples.NOW);

        assertThat(settled.payment().status().text()).isEqualTo(payment);
        assertThat(settled.operation().status().text()).isEqualTo(operation);
        assertThat(settled.attempt().state().text()).isEqualTo(attempt);
        assertThat(settled.forKey()).isEqualTo(Samples.answer(status));
        assertThat(settled.nextCheck())
                .isEqualTo(
                        switch (check) {
                            case "none" -> Optional.empty();
                            case "1s" -> Optional.of(Duration.ofSeconds(1));
                            default -> Optional.of(Samples.CONFIG.resolver().reopenedFor());
                        });
        assertThat(posted(settled)).isEqualTo(postings);
        assertThat(String.join(" ", settled.events())).isEqualTo(events);
    }

    @ParameterizedTest
    @EnumSource(
            value = PaymentStatus.class,
            names = {"PROCESSING", "IN_DOUBT", "REQUIRES_ACTION"})
    void moneyIsPostedAndCountedOnlyWhenTheBankApproves(PaymentStatus before) {
        for (String reply :
                new String[] {
                    "pending", "action", "declined hard", "declined soft", "rejected",
                    "not processed", "unknown", "duplicate", "undone", "never happened"
                }) {
            Settled settled =
                    settling.settle(
                            Samples.open(OperationKind.SALE, before), reply(reply), Samples.NOW);

            assertThat(settled.postings()).as(reply).isEmpty();
            assertThat(settled.payment().amounts()).as(reply).isEqualTo(Amounts.NONE);
        }
    }

    @Test
    void anApprovedSaleIsAuthorizedCapturedAndPosted() {
        Settled settled = settle(OperationKind.SALE, approved(Samples.ASKED));

        assertThat(settled.payment().amounts())
                .isEqualTo(Samples.amounts(125_000, 125_000, 0, 0, 0, 0, 0));
        assertThat(settled.postings())
                .containsExactly(
                        new Posting(
                                Samples.PAYMENT,
                                Samples.OPERATION,
                                "capture",
                                "bank:alpha:receivable",
                                "merchant:payable:pending",
                                Samples.ASKED));
        assertThat(settled.payment().outcome()).isEqualTo(Payment.Outcome.NOTHING);
        assertThat(settled.attempt().ids()).isEqualTo(IDS);
    }

    @Test
    void anApprovedAuthorizationIsHeldAndNotPosted() {
        Settled settled = settle(OperationKind.AUTHORIZE, approved(Samples.ASKED));

        assertThat(settled.payment().amounts())
                .isEqualTo(Samples.amounts(125_000, 0, 0, 0, 0, 0, 0));
        assertThat(settled.payment().amounts().capturable()).isEqualTo(125_000);
        assertThat(settled.postings()).isEmpty();
        assertThat(settled.payment().authorizedUntil())
                .contains(Samples.NOW.plus(Duration.ofDays(7)));
    }

    @ParameterizedTest
    @CsvSource({
        "sale,processing,124999,UZS",
        "sale,processing,125001,UZS",
        "sale,processing,0,UZS",
        "sale,processing,125000,USD",
        "sale,in_doubt,124999,UZS",
        "sale,requires_action,124999,UZS",
        "authorize,processing,124999,UZS",
        "authorize,in_doubt,125000,USD"
    })
    void anApprovalOfOtherMoneyIsNeverAccepted(
            String kind, String before, long minorUnits, String currency) {
        Open open = open(kind, before);

        Settled settled =
                settling.settle(open, approved(Money.of(minorUnits, currency)), Samples.NOW);

        assertThat(settled.payment().status()).isEqualTo(PaymentStatus.IN_DOUBT);
        assertThat(settled.operation().status()).isEqualTo(OperationStatus.IN_DOUBT);
        assertThat(settled.attempt().state()).isEqualTo(AttemptState.UNKNOWN);
        assertThat(settled.attempt().bankCode())
                .isEqualTo("amount_mismatch: approved " + minorUnits + " " + currency);
        assertThat(settled.payment().amounts()).isEqualTo(Amounts.NONE);
        assertThat(settled.postings()).isEmpty();
        assertThat(settled.nextCheck()).isPresent();
        assertThat(settled.forKey()).isEqualTo(Samples.answer(202));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aDeclineTellsItsCodeAndKind(boolean hard) {
        Settled settled =
                settle(
                        OperationKind.SALE,
                        new BankReply.Declined(hard, "stolen_card", "Stolen.", IDS));

        assertThat(settled.payment().outcome())
                .isEqualTo(
                        Payment.Outcome.of(
                                new Decline(
                                        "stolen_card",
                                        hard ? "hard" : "soft",
                                        "stolen_card",
                                        "Stolen.")));
        assertThat(settled.attempt().bankCode()).isEqualTo("stolen_card");
        assertThat(settled.attempt().ids()).isEqualTo(IDS);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    rejected       | bank_rejected    | The bank refused the request: bad_request.
                    not processed  | bank_unavailable | The bank did not process the payment: busy.
                    never happened | not_processed    | The bank never processed the payment, and has been told not to.
                    undone         | reversed         | The outcome could not be confirmed in time, so the bank was told to undo it.
                    """)
    void aFailureTellsWhy(String reply, String code, String message) {
        Settled settled = settle(OperationKind.SALE, reply(reply));

        assertThat(settled.payment().outcome())
                .isEqualTo(Payment.Outcome.of(new Failure(code, message)));
    }

    @Test
    void anActionIsARedirect() {
        Settled settled = settle(OperationKind.SALE, reply("action"));

        assertThat(settled.payment().outcome())
                .isEqualTo(Payment.Outcome.redirect("https://acs.example"));
    }

    @Test
    void doubtIsDatedFromNow() {
        Settled settled = settle(OperationKind.SALE, reply("unknown"));

        assertThat(settled.payment().outcome())
                .isEqualTo(
                        Payment.Outcome.of(
                                new InDoubt(
                                        Samples.NOW,
                                        Samples.NOW.plus(Duration.ofHours(24)),
                                        Samples.OPERATION)));
        assertThat(settled.attempt().bankCode()).isEqualTo("lost");
    }

    @Test
    void doubtKeepsItsFirstDate() {
        Settled settled =
                settling.settle(
                        Samples.open(OperationKind.SALE, PaymentStatus.IN_DOUBT),
                        reply("unknown"),
                        Samples.NOW);

        assertThat(settled.payment().outcome()).isEqualTo(Payment.Outcome.of(Samples.DOUBT));
    }

    @Test
    void whatIsSettledIsInDoubtNoLonger() {
        for (String reply :
                new String[] {
                    "approved",
                    "declined hard",
                    "rejected",
                    "not processed",
                    "undone",
                    "never happened"
                }) {
            Settled settled =
                    settling.settle(
                            Samples.open(OperationKind.SALE, PaymentStatus.IN_DOUBT),
                            reply(reply),
                            Samples.NOW);

            assertThat(settled.payment().outcome().inDoubt()).as(reply).isEmpty();
        }
    }

    @Test
    void everyChangeIsOneVersionMore() {
        Settled settled = settle(OperationKind.SALE, reply("approved"));

        assertThat(settled.payment().version()).isEqualTo(2);
        assertThat(settled.payment().updated()).isEqualTo(Samples.NOW);
        assertThat(settled.payment().created()).isEqualTo(Samples.CREATED);
    }

    @Test
    void timeNeverGoesBack() {
        Instant past = Samples.CREATED.minusSeconds(60);

        Settled settled =
                settling.settle(
                        Samples.open(OperationKind.SALE, PaymentStatus.PROCESSING),
                        reply("approved"),
                        past);

        assertThat(settled.payment().updated()).isEqualTo(Samples.CREATED);
        assertThat(settled.operation().updated()).isEqualTo(Samples.CREATED);
    }

    @Test
    void idsThatAreKnownAlreadyAreKept() {
        BankIds reference = new BankIds(Optional.of("b-1"), Optional.empty(), Optional.empty());
        Open open = Samples.open(OperationKind.SALE, PaymentStatus.PROCESSING);
        Open pending =
                new Open(
                        open.tenant(),
                        open.payment(),
                        open.operation(),
                        open.attempt().next(AttemptState.PENDING, reference, ""),
                        open.policy());

        Settled settled =
                settling.settle(
                        pending,
                        new BankReply.Approved(
                                Samples.ASKED,
                                new BankIds(Optional.empty(), Optional.of("A1"), Optional.empty())),
                        Samples.NOW);

        assertThat(settled.attempt().ids())
                .isEqualTo(new BankIds(Optional.of("b-1"), Optional.of("A1"), Optional.empty()));
    }

    @Test
    void aRefusalByRiskIsADeclineThatNeverLeft() {
        Decline decline = Decline.risk("card_velocity_exceeded", "Too many.");

        Settled settled =
                settling.refusedByRisk(
                        Samples.open(OperationKind.SALE, PaymentStatus.PROCESSING),
                        decline,
                        Samples.NOW);

        assertThat(settled.payment().status()).isEqualTo(PaymentStatus.DECLINED);
        assertThat(settled.payment().outcome()).isEqualTo(Payment.Outcome.of(decline));
        assertThat(settled.operation().status()).isEqualTo(OperationStatus.DECLINED);
        assertThat(settled.attempt().state()).isEqualTo(AttemptState.NOT_SENT);
        assertThat(settled.nextCheck()).isEmpty();
        assertThat(settled.events()).containsExactly("payment.declined");
        assertThat(settled.postings()).isEmpty();
        assertThat(settled.forKey()).isEqualTo(Samples.answer(201));
    }

    @ParameterizedTest
    @CsvSource({"processing,202", "in_doubt,202", "requires_action,201"})
    void whatMustNotHappenStandsAsItDidUntilTheBankWasTold(String before, int status) {
        Settled settled = settling.voiding(open("sale", before), WhyVoided.CANCELED, Samples.NOW);

        assertThat(settled.payment().status().text()).isEqualTo(before);
        assertThat(settled.payment().outcome().redirect()).isEmpty();
        assertThat(settled.attempt().state()).isEqualTo(AttemptState.VOIDING);
        assertThat(settled.nextCheck()).isPresent();
        assertThat(settled.forKey()).isEqualTo(Samples.answer(status));
        assertThat(settled.events()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"processing,payment.in_doubt", "in_doubt,''", "requires_action,payment.in_doubt"})
    void whatTheBankDoesNotUndoAtOnceIsInDoubtInPublic(String before, String event) {
        Open voiding = voiding(before, WhyVoided.NOT_FOUND);

        Settled settled = settling.stillVoiding(voiding, Samples.NOW);

        assertThat(settled.payment().status()).isEqualTo(PaymentStatus.IN_DOUBT);
        assertThat(settled.operation().status()).isEqualTo(OperationStatus.IN_DOUBT);
        assertThat(settled.attempt().state()).isEqualTo(AttemptState.VOIDING);
        assertThat(WhyVoided.NOT_FOUND.of(settled.attempt())).isTrue();
        assertThat(settled.nextCheck()).isPresent();
        assertThat(settled.postings()).isEmpty();
        assertThat(settled.forKey()).isEqualTo(Samples.answer(202));
        assertThat(String.join(" ", settled.events())).isEqualTo(event);
    }

    @ParameterizedTest
    @CsvSource({
        "NOT_FOUND,true,canceled", "NOT_FOUND,false,failed", "OTHER_AMOUNT,true,canceled",
        "CANCELED,true,canceled", "CANCELED,false,canceled", "CHALLENGE_EXPIRED,false,expired"
    })
    void whyItWasVoidedSaysWhatItIsThen(WhyVoided why, boolean hadEffect, String status) {
        Open voiding = voiding("requires_action", why);

        Settled settled =
                settling.settle(
                        voiding, new BankReply.Reversed(hadEffect, BankIds.none()), Samples.NOW);

        assertThat(settled.payment().status().text()).isEqualTo(status);
        assertThat(settled.events()).containsExactly("payment." + status);
        assertThat(settled.operation().status().text())
                .isEqualTo(status.equals("failed") ? "failed" : "canceled");
        assertThat(settled.payment().outcome().failure().isEmpty())
                .isEqualTo(why == WhyVoided.CANCELED);
        assertThat(settled.nextCheck()).isEmpty();
    }

    private Open voiding(String before, WhyVoided why) {
        Settled settled = settling.voiding(open("sale", before), why, Samples.NOW);
        return new Open(
                7, settled.payment(), settled.operation(), settled.attempt(), Policy.STANDARD);
    }

    @ParameterizedTest
    @CsvSource({
        "FINAL_CAPTURE,declined hard,1,failed,none", "FINAL_CAPTURE,not processed,1,planned,2",
        "FINAL_CAPTURE,never happened,1,planned,2", "FINAL_CAPTURE,not sent,1,planned,1",
        "FINAL_CAPTURE,not processed,100,failed,none", "LATE_APPROVAL,declined hard,1,planned,2",
        "LATE_APPROVAL,rejected,1,planned,2", "LATE_APPROVAL,not processed,99,planned,100",
        "LATE_APPROVAL,declined hard,100,open,none", "LATE_APPROVAL,not processed,100,open,none"
    })
    void whatOqimBeganIsTriedAgainAndWhatIsNobodysIsNeverGivenUp(
            Cause cause, String reply, int number, String then, String next) {
        Open open = ownVoid(cause, number);

        Settled settled = settling.settle(open, reply(reply), Samples.NOW);

        boolean ended = then.equals("failed");
        assertThat(settled.operation().status().ended()).isEqualTo(ended);
        assertThat(settled.nextCheck().isPresent())
                .isEqualTo(then.equals("open") || next.equals("1"));
        if (settled.then() instanceof Then.TriesAgain again) {
            assertThat(again.attempt().number()).isEqualTo(Integer.parseInt(next));
            assertThat(again.attempt().state()).isEqualTo(AttemptState.PLANNED);
            assertThat(again.unsettled().isPresent()).isEqualTo(cause == Cause.LATE_APPROVAL);
        } else {
            assertThat(next).isIn("none", "1");
        }
    }

    private static Open ownVoid(Cause cause, int number) {
        Payment payment =
                Samples.payment(
                                OperationKind.AUTHORIZE,
                                PaymentStatus.PROCESSING,
                                Payment.Outcome.NOTHING)
                        .next(
                                PaymentStatus.PARTIALLY_CAPTURED,
                                Samples.amounts(200_000, 50_000, 0, 0, 0, 125_000, 0),
                                Payment.Outcome.NOTHING,
                                Samples.NOW);
        Operation operation =
                new Operation(
                        Samples.OPERATION,
                        Samples.PAYMENT,
                        OperationKind.VOID,
                        OperationStatus.PROCESSING,
                        Samples.ASKED,
                        Operation.Terms.own(cause),
                        Samples.CREATED,
                        Samples.CREATED);
        Attempt attempt = Attempt.planned(Samples.OPERATION, "alpha");
        while (attempt.number() < number) {
            attempt = attempt.again("alpha");
        }
        return new Open(
                7,
                payment,
                operation,
                attempt.next(AttemptState.SENT, BankIds.none(), ""),
                Policy.STANDARD);
    }

    @ParameterizedTest
    @CsvSource({
        "MERCHANT,REFUND,FAILED,CAPTURED,true", "MERCHANT,REFUND,IN_DOUBT,CAPTURED,false",
        "LATE_APPROVAL,REFUND,FAILED,CAPTURED,false", "MERCHANT,CAPTURE,FAILED,CAPTURED,false",
        "MERCHANT,REFUND,FAILED,CANCELED,false"
    })
    void onlyWhatHasEndedAndIsTheMerchantsIsBookedAfterAll(
            Cause cause,
            OperationKind kind,
            OperationStatus ended,
            PaymentStatus status,
            boolean booked) {
        Payment payment =
                Samples.payment(
                                OperationKind.SALE,
                                PaymentStatus.PROCESSING,
                                Payment.Outcome.NOTHING)
                        .next(
                                status,
                                Samples.amounts(250_000, 125_000, 0, 0, 0, 0, 0),
                                Payment.Outcome.NOTHING,
                                Samples.NOW);
        Operation operation =
                new Operation(
                        Samples.OPERATION,
                        Samples.PAYMENT,
                        kind,
                        ended,
                        Samples.ASKED,
                        cause == Cause.MERCHANT
                                ? Operation.Terms.asked("key-1")
                                : Operation.Terms.own(cause),
                        Samples.CREATED,
                        Samples.CREATED);
        Open open =
                new Open(
                        7,
                        payment,
                        operation,
                        Attempt.first(Samples.OPERATION, "alpha", "name")
                                .next(AttemptState.REJECTED, BankIds.none(), "not_processed"),
                        Policy.STANDARD);

        if (booked) {
            Settled settled = settling.late().doneAfterAll(open, Samples.NOW);
            assertThat(settled.payment().amounts().refunded()).isEqualTo(125_000);
            assertThat(settled.payment().amounts().kept()).isEqualTo(Amounts.Kept.NOTHING);
            assertThat(settled.payment().version()).isEqualTo(payment.version() + 1);
            assertThat(settled.operation().status()).isEqualTo(OperationStatus.SUCCEEDED);
        } else {
            assertThatThrownBy(() -> settling.late().doneAfterAll(open, Samples.NOW))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void whatNobodyCameBackForFails() {
        Settled notSent = settle(OperationKind.SALE, reply("not sent"));
        Open open =
                new Open(
                        7,
                        notSent.payment(),
                        notSent.operation(),
                        notSent.attempt(),
                        Policy.STANDARD);

        Settled settled = settling.givenUp(open, Samples.NOW);

        assertThat(settled.payment().status()).isEqualTo(PaymentStatus.FAILED);
        assertThat(settled.operation().status()).isEqualTo(OperationStatus.FAILED);
        assertThat(settled.attempt().state()).isEqualTo(AttemptState.NOT_SENT);
        assertThat(settled.nextCheck()).isEmpty();
        assertThat(settled.events()).containsExactly("payment.failed");
        assertThat(settled.forKey()).isEqualTo(Samples.answer(201));
    }

    @ParameterizedTest
    @CsvSource({"0,1s", "1,2s", "2,5s", "3,15s", "4,1m", "5,5m", "6,5m", "1000000,5m"})
    void thePauseGrowsAlongTheScheduleAndThenStays(int checks, String pause) {
        assertThat(settling.pause(checks))
                .isEqualTo(Duration.parse("PT" + pause.toUpperCase(Locale.ROOT)));
    }

    private Settled settle(OperationKind kind, BankReply reply) {
        return settling.settle(Samples.open(kind, PaymentStatus.PROCESSING), reply, Samples.NOW);
    }

    private static Open open(String kind, String before) {
        return Samples.open(OperationKind.parse(kind), PaymentStatus.parse(before));
    }

    private static BankReply reply(String name) {
        return switch (name) {
            case "approved" -> approved(Samples.ASKED);
            case "pending" -> new BankReply.Pending(IDS, Optional.empty());
            case "action" -> new BankReply.Pending(IDS, Optional.of("https://acs.example"));
            case "declined hard" -> new BankReply.Declined(true, "stolen_card", "Stolen.", IDS);
            case "declined soft" -> new BankReply.Declined(false, "try_later", "Later.", IDS);
            case "rejected" -> new BankReply.Rejected("bad_request", "No.");
            case "not sent" -> new BankReply.NotSent("refused");
            case "not processed" -> new BankReply.NotProcessed("busy");
            case "unknown" -> new BankReply.Unknown("lost");
            case "duplicate" -> new BankReply.Duplicate();
            case "undone" -> new BankReply.Reversed(true, IDS);
            case "never happened" -> new BankReply.Reversed(false, BankIds.none());
            default -> throw new IllegalArgumentException(name);
        };
    }

    private static BankReply approved(Money effected) {
        return new BankReply.Approved(effected, IDS);
    }

    private static String posted(Settled settled) {
        return settled.postings().isEmpty()
                ? "none"
                : settled.postings().stream()
                        .map(posting -> Long.toString(posting.amount().minorUnits()))
                        .collect(Collectors.joining(" "));
    }
}
