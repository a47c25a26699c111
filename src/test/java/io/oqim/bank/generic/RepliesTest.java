package io.oqim.bank.generic;

import static org.assertj.core.api.Assertions.assertThat;

import io.oqim.bank.BankIds;
import io.oqim.bank.BankOperation;
import io.oqim.bank.BankReply;
import io.oqim.bank.Enquiry;
import io.oqim.bank.HttpAnswer;
import io.oqim.bank.RiskAnswer;
import io.oqim.bank.Tombstone;
import io.oqim.money.Money;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class RepliesTest {
    private static final BankIds IDS =
            new BankIds(Optional.of("b-1"), Optional.of("A1"), Optional.of("r-1"));
    private static final String APPROVED =
            "{\"status\":\"approved\",\"amount\":125000,\"currency\":\"UZS\",\"bank_reference\":\"b-1\","
                    + "\"auth_code\":\"A1\",\"rrn\":\"r-1\",\"operation\":\"sale\",\"reference\":\"op-1\"}";
    private static final Replies.Asked ASKED = new Replies.Asked(BankOperation.SALE, "op-1");

    @Test
    void whatWasNotSentDidNotHappen() {
        assertThat(Replies.money(new HttpAnswer.NotSent("refused"), ASKED))
                .isEqualTo(new BankReply.NotSent("refused"));
    }

    @Test
    void whatWasLostIsUnknown() {
        assertThat(Replies.money(new HttpAnswer.Lost("cut"), ASKED))
                .isEqualTo(new BankReply.Unknown("cut"));
    }

    @ParameterizedTest
    @ValueSource(ints = {200, 201, 202})
    void anApprovalSaysHowMuchWasMoved(int status) {
        assertThat(money(status, APPROVED))
                .isEqualTo(new BankReply.Approved(Money.of(125_000, "UZS"), IDS));
    }

    @Test
    void anApprovalOfAnotherAmountIsPassedOnAsItIs() {
        assertThat(
                        money(
                                200,
                                "{\"status\":\"approved\",\"amount\":0,\"currency\":\"JPY\",\"bank_reference\":\"b-1\"}"))
                .isEqualTo(
                        new BankReply.Approved(
                                Money.of(0, "JPY"),
                                new BankIds(
                                        Optional.of("b-1"), Optional.empty(), Optional.empty())));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"status\":\"approved\"}",
                "{\"status\":\"approved\",\"amount\":5,\"currency\":\"UZS\"}",
                "{\"status\":\"approved\",\"amount\":5}",
                "{\"status\":\"approved\",\"currency\":\"UZS\"}",
                "{\"status\":\"approved\",\"amount\":\"5\",\"currency\":\"UZS\"}",
                "{\"status\":\"approved\",\"amount\":5.0,\"currency\":\"UZS\"}",
                "{\"status\":\"approved\",\"amount\":-5,\"currency\":\"UZS\"}",
                "{\"status\":\"approved\",\"amount\":1000000000000,\"currency\":\"UZS\"}",
                "{\"status\":\"approved\",\"amount\":5,\"currency\":\"uzs\"}",
                "{\"status\":\"approved\",\"amount\":5,\"currency\":\"XXX\"}",
                "{\"status\":\"approved\",\"amount\":5,\"currency\":860}",
                "{\"status\":\"approved\",\"amount\":null,\"currency\":null}"
            })
    void anApprovalWithoutAClearAmountIsUnknown(String body) {
        assertThat(money(200, body)).isInstanceOf(BankReply.Unknown.class);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    {"status":"declined","decline":{"kind":"hard","code":"stolen_card","message":"Stolen."}} | true  | stolen_card     | Stolen.
                    {"status":"declined","decline":{"kind":"soft","code":"try_later","message":"Later."}}    | false | try_later       | Later.
                    {"status":"declined","decline":{"kind":"never seen","code":"x"}}                         | false | x               | ''
                    {"status":"declined","decline":{}}                                                       | false | generic_decline | ''
                    {"status":"declined","decline":"no"}                                                     | false | generic_decline | ''
                    {"status":"declined"}                                                                    | false | generic_decline | ''
                    """)
    void aDeclineIsHardOnlyWhenTheBankSaysSo(
            String body, boolean hard, String code, String message) {
        assertThat(money(200, body))
                .isEqualTo(new BankReply.Declined(hard, code, message, BankIds.none()));
    }

    @Test
    void aDeclineKeepsTheBanksIds() {
        assertThat(
                        money(
                                200,
                                "{\"status\":\"declined\",\"bank_reference\":\"b-1\",\"auth_code\":\"A1\",\"rrn\":\"r-1\"}"))
                .isEqualTo(new BankReply.Declined(false, "generic_decline", "", IDS));
    }

    @ParameterizedTest
    @ValueSource(strings = {"4242424242424242", "4242 4242 4242 4242", "4242-4242-4242-4242"})
    void aCardNumberInTheBanksWordsIsNotPassedOn(String number) {
        String message = "\"message\":\"card " + number + " is stolen\"";

        assertThat(
                        money(
                                200,
                                "{\"status\":\"declined\",\"decline\":{\"code\":\"x\","
                                        + message
                                        + "}}"))
                .isEqualTo(
                        new BankReply.Declined(false, "x", "card ... is stolen", BankIds.none()));
        assertThat(money(422, "{\"code\":\"invalid_value\"," + message + "}"))
                .isEqualTo(new BankReply.Rejected("invalid_value", "card ... is stolen"));
    }

    @Test
    void pendingMeansWaiting() {
        assertThat(money(202, "{\"status\":\"pending\",\"bank_reference\":\"b-1\"}"))
                .isEqualTo(
                        new BankReply.Pending(
                                new BankIds(Optional.of("b-1"), Optional.empty(), Optional.empty()),
                                Optional.empty()));
    }

    @Test
    void anActionMeansARedirect() {
        assertThat(
                        money(
                                200,
                                "{\"status\":\"action_required\",\"action\":{\"url\":\"https://acs.example\"}}"))
                .isEqualTo(
                        new BankReply.Pending(BankIds.none(), Optional.of("https://acs.example")));
    }

    @ParameterizedTest
    @CsvSource({"true,true", "false,false"})
    void aVoidedReferenceIsReversed(String hadEffect, boolean reversed) {
        assertThat(money(200, "{\"status\":\"voided\",\"had_effect\":" + hadEffect + "}"))
                .isEqualTo(new BankReply.Reversed(reversed, BankIds.none()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"null", "1", "\"true\""})
    void aVoidThatDoesNotSayWhetherThereWasAnythingProvesNothing(String hadEffect) {
        assertThat(money(200, "{\"status\":\"voided\",\"had_effect\":" + hadEffect + "}"))
                .isInstanceOf(BankReply.Unknown.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"status\":null}",
                "{\"status\":\"\"}",
                "{\"status\":1}",
                "{\"status\":\"APPROVED\"}",
                "{\"status\":\"settled\"}",
                "{\"status\":{\"status\":\"approved\"}}"
            })
    void aStatusNeverSeenBeforeIsUnknown(String body) {
        assertThat(money(200, body)).isEqualTo(new BankReply.Unknown("a status never seen before"));
    }

    @ParameterizedTest
    @CsvSource({
        "400, invalid_json",
        "400, missing_field",
        "400, invalid_type",
        "401, unauthorized",
        "404, payment_not_found",
        "409, amount_exceeded",
        "409, nothing_to_void",
        "422, invalid_value",
        "422, currency_mismatch",
        "422, not_adjustable",
    })
    void aRefusalOfTheProtocolIsRejected(int status, String code) {
        assertThat(money(status, "{\"code\":\"" + code + "\",\"message\":\"No.\"}"))
                .isEqualTo(new BankReply.Rejected(code, "No."));
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 401, 403, 404, 409, 422, 429, 503})
    void aRefusalWithACodeNeverSeenBeforeIsUnknown(int status) {
        assertThat(money(status, "{\"code\":\"request_in_progress\",\"message\":\"No.\"}"))
                .isEqualTo(unreadable(status));
    }

    @ParameterizedTest
    @CsvSource({"authorize, op-1", "sale, op-2", "capture, op-1", "'', op-1", "sale, ''"})
    void aResultOfAnotherRequestIsUnknown(String operation, String reference) {
        String body =
                APPROVED.replace("\"sale\"", "\"" + operation + "\"")
                        .replace("\"op-1\"", "\"" + reference + "\"");

        assertThat(money(200, body))
                .isEqualTo(new BankReply.Unknown("a result of another request"));
    }

    @ParameterizedTest
    @CsvSource({"authorize, op-1", "sale, op-2", "void, op-1"})
    void anEnquiryThatAnswersForSomethingElseIsSilent(String operation, String reference) {
        String body =
                APPROVED.replace("\"sale\"", "\"" + operation + "\"").replace("op-1", reference);

        assertThat(enquiry(200, body)).isEqualTo(new Enquiry.Silent("status 200"));
    }

    @Test
    void anEnquiryFindsTheVoidOfAReferenceThatWasNeverUsed() {
        assertThat(
                        enquiry(
                                200,
                                "{\"operation\":\"void\",\"reference\":\"op-1\",\"status\":\"voided\",\"had_effect\":false}"))
                .isEqualTo(new Enquiry.Found(new BankReply.Reversed(false, BankIds.none())));
    }

    @ParameterizedTest
    @CsvSource({"sale, op-1-void", "void, op-2-void", "void, op-1"})
    void aTombstoneOfSomethingElseIsSilent(String operation, String reference) {
        assertThat(
                        tombstone(
                                200,
                                "{\"operation\":\"%s\",\"reference\":\"%s\",\"status\":\"voided\",\"had_effect\":true}"
                                        .formatted(operation, reference)))
                .isEqualTo(new Tombstone.Silent("status 200"));
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 401, 403, 404, 409, 422, 429, 503})
    void aRefusalWithoutACodeIsUnknown(int status) {
        assertThat(money(status, "{\"message\":\"No.\"}")).isEqualTo(unreadable(status));
    }

    @Test
    void aReferenceThatTheBankHasSeenIsADuplicate() {
        assertThat(money(409, "{\"code\":\"duplicate_reference\"}"))
                .isEqualTo(new BankReply.Duplicate());
    }

    @Test
    void aReferenceThatWasVoidedHadNoEffect() {
        assertThat(money(409, "{\"code\":\"reference_voided\"}"))
                .isEqualTo(new BankReply.Reversed(false, BankIds.none()));
    }

    @ParameterizedTest
    @ValueSource(ints = {429, 503})
    void aBankThatSaysThatItDidNothingDidNothing(int status) {
        assertThat(money(status, "{\"code\":\"not_processed\"}"))
                .isEqualTo(new BankReply.NotProcessed("the bank did not process it"));
    }

    @ParameterizedTest
    @ValueSource(ints = {429, 503})
    void aBankThatIsBusyAndDoesNotSaySoIsUnknown(int status) {
        assertThat(money(status, "{\"code\":\"busy\"}")).isEqualTo(unreadable(status));
    }

    static IntStream otherStatuses() {
        return IntStream.of(
                100, 203, 204, 206, 301, 302, 304, 402, 405, 408, 410, 413, 418, 425, 499, 500, 501,
                502, 504, 599, 999);
    }

    @ParameterizedTest
    @MethodSource("otherStatuses")
    void anyOtherStatusIsUnknownEvenWithAnApproval(int status) {
        assertThat(money(status, APPROVED)).isEqualTo(unreadable(status));
        assertThat(money(status, "{\"code\":\"not_processed\"}")).isEqualTo(unreadable(status));
    }

    static Stream<byte[]> garbage() {
        return Stream.of(
                new byte[0],
                new byte[] {0, 1, 2, 3},
                new byte[] {(byte) 0xff, (byte) 0xfe, '{', '}'},
                bytes("<html>502</html>"),
                bytes("approved"),
                bytes("null"),
                bytes("[" + APPROVED + "]"),
                bytes("\"approved\""),
                bytes("12"),
                bytes(APPROVED.substring(0, APPROVED.length() - 1)),
                bytes("{\"status\":\"approved\",\"amount\":1e99999999999,\"currency\":\"UZS\"}"));
    }

    @ParameterizedTest
    @MethodSource("garbage")
    void whatIsNoJsonObjectIsUnknown(byte[] body) {
        for (int status : new int[] {200, 201, 202, 400, 401, 403, 404, 409, 422, 429, 500, 503}) {
            assertThat(Replies.money(new HttpAnswer.Answered(status, body), ASKED))
                    .as("status %d", status)
                    .isInstanceOf(BankReply.Unknown.class);
        }
    }

    @Test
    void anApprovalWithAFlippedBitNeverMovesMoney() {
        long seed = 11;
        Random random = new Random(seed);
        for (int round = 0; round < 500; round++) {
            byte[] body = APPROVED.getBytes(StandardCharsets.UTF_8);
            int at = random.nextInt(18);
            body[at] ^= (byte) (1 << random.nextInt(8));

            BankReply reply = Replies.money(new HttpAnswer.Answered(200, body), ASKED);

            assertThat(reply)
                    .as(
                            "seed %d, round %d: %s",
                            seed, round, new String(body, StandardCharsets.ISO_8859_1))
                    .isInstanceOf(BankReply.Unknown.class);
        }
    }

    @Test
    void textsAreCutAndRidOfWhatCannotBeStored() {
        BankReply reply =
                money(
                        200,
                        "{\"status\":\"declined\",\"decline\":{\"code\":\"a\\u0000b\\ud800c\",\"message\":\""
                                + "m".repeat(600)
                                + "\"}}");

        assertThat(reply)
                .isEqualTo(new BankReply.Declined(false, "ab?c", "m".repeat(500), BankIds.none()));
    }

    @Test
    void enquiryFindsWhatTheBankSays() {
        assertThat(enquiry(200, APPROVED))
                .isEqualTo(
                        new Enquiry.Found(new BankReply.Approved(Money.of(125_000, "UZS"), IDS)));
    }

    @Test
    void enquiryOfWhatTheBankDoesNotKnowIsNotFound() {
        assertThat(enquiry(404, "{\"code\":\"not_found\"}")).isEqualTo(new Enquiry.NotFound());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    404 | {}                          | status 404
                    404 | {"code":"no_such_route"}    | status 404
                    404 | <html>                      | status 404
                    410 | {"code":"not_found"}        | status 410
                    201 | {"status":"approved"}       | status 201
                    500 | {"code":"not_found"}        | status 500
                    503 | {"code":"not_processed"}    | status 503
                    401 | {"code":"unauthenticated"}  | status 401
                    200 | nonsense                    | status 200
                    200 | {"status":"new"}            | a status never seen before
                    200 | {"status":"approved"}       | an approval without its amount or name
                    """)
    void anEnquiryWithoutAClearAnswerIsSilent(int status, String body, String reason) {
        assertThat(enquiry(status, body)).isEqualTo(new Enquiry.Silent(reason));
    }

    @Test
    void anEnquiryThatDidNotGetThroughHasNoAnswer() {
        assertThat(Replies.enquiry(new HttpAnswer.NotSent("refused"), ASKED))
                .isEqualTo(new Enquiry.NoAnswer("refused"));
        assertThat(Replies.enquiry(new HttpAnswer.Lost("cut"), ASKED))
                .isEqualTo(new Enquiry.NoAnswer("cut"));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aTombstoneSaysWhetherThereWasAnythingToUndo(boolean hadEffect) {
        assertThat(
                        tombstone(
                                200,
                                "{\"operation\":\"void\",\"reference\":\"op-1-void\",\"status\":\"voided\",\"bank_reference\":\"b-1\",\"auth_code\":\"A1\","
                                        + "\"rrn\":\"r-1\",\"had_effect\":"
                                        + hadEffect
                                        + "}"))
                .isEqualTo(new Tombstone.Laid(hadEffect, IDS));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    200 | {}                    | status 200
                    200 | {"status":"approved"} | status 200
                    200 | nonsense              | status 200
                    201 | {"status":"voided"}   | status 201
                    202 | {"status":"voided"}   | status 202
                    404 | {"code":"not_found"}  | status 404
                    409 | {"status":"voided"}   | status 409
                    500 | {"status":"voided"}   | status 500
                    """)
    void aTombstoneThatWasNotConfirmedIsSilent(int status, String body, String reason) {
        assertThat(tombstone(status, body)).isEqualTo(new Tombstone.Silent(reason));
    }

    @ParameterizedTest
    @ValueSource(strings = {"not_reversible", "already_captured"})
    void aTombstoneThatTheBankRefusesIsRefused(String code) {
        assertThat(tombstone(422, "{\"code\":\"" + code + "\"}"))
                .isEqualTo(new Tombstone.Refused(code));
        assertThat(tombstone(422, "{\"code\":\"never_seen\"}"))
                .isEqualTo(new Tombstone.Silent("status 422"));
    }

    @Test
    void aTombstoneThatDidNotGetThroughIsSilent() {
        assertThat(Replies.tombstone(new HttpAnswer.NotSent("refused"), "op-1-void"))
                .isEqualTo(new Tombstone.Silent("refused"));
        assertThat(Replies.tombstone(new HttpAnswer.Lost("cut"), "op-1-void"))
                .isEqualTo(new Tombstone.Silent("cut"));
    }

    @Test
    void aRiskCheckAllowsOrRefuses() {
        assertThat(risk(200, "{\"decision\":\"allow\"}")).isEqualTo(new RiskAnswer.Allow());
        assertThat(risk(200, "{\"decision\":\"refuse\",\"code\":\"stolen\"}"))
                .isEqualTo(new RiskAnswer.Refuse("stolen"));
        assertThat(risk(200, "{\"decision\":\"refuse\"}"))
                .isEqualTo(new RiskAnswer.Refuse("bank_risk_check"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    200 | {"decision":"maybe"}
                    200 | {}
                    200 | nonsense
                    500 | {"decision":"refuse"}
                    404 | {"decision":"allow"}
                    """)
    void aRiskCheckThatDoesNotDecideIsSilent(int status, String body) {
        assertThat(risk(status, body)).isEqualTo(new RiskAnswer.Silent("Answered"));
    }

    @Test
    void aRiskCheckThatDidNotGetThroughIsSilent() {
        assertThat(Replies.risk(new HttpAnswer.Lost("cut")))
                .isEqualTo(new RiskAnswer.Silent("Lost"));
        assertThat(Replies.risk(new HttpAnswer.NotSent("refused")))
                .isEqualTo(new RiskAnswer.Silent("NotSent"));
    }

    private static BankReply money(int status, String body) {
        return Replies.money(new HttpAnswer.Answered(status, bytes(named(body))), ASKED);
    }

    private static Enquiry enquiry(int status, String body) {
        return Replies.enquiry(new HttpAnswer.Answered(status, bytes(named(body))), ASKED);
    }

    /** An object with the names of what was asked for, as each result has them. */
    private static String named(String body) {
        if (!body.startsWith("{") || body.contains("\"operation\"")) {
            return body;
        }
        return "{\"operation\":\"sale\",\"reference\":\"op-1\""
                + (body.equals("{}") ? "" : ",")
                + body.substring(1);
    }

    private static Tombstone tombstone(int status, String body) {
        return Replies.tombstone(new HttpAnswer.Answered(status, bytes(body)), "op-1-void");
    }

    private static RiskAnswer risk(int status, String body) {
        return Replies.risk(new HttpAnswer.Answered(status, bytes(body)));
    }

    private static BankReply unreadable(int status) {
        return new BankReply.Unknown("status " + status + " without a word of what happened");
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
