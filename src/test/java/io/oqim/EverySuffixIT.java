package io.oqim;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import java.util.stream.Stream;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Every amount suffix of the sandbox at every operation: the answer, the end, the events in order,
 * what the bank did, and the books. The suffixes of one operation run side by side.
 */
class EverySuffixIT {
    private static Rig rig;
    private static Shop shop;

    @BeforeAll
    static void start() {
        // So many failures in a row would open the breaker, which has a test of its own.
        rig = Rig.start(Map.of("banks.breaker-volume", "1000", "resolver.reopened-for", "30s"));
        shop = new Shop(rig);
    }

    @BeforeEach
    void theBanksEnquiryLags() {
        enquiryLags(2_500);
    }

    private static void enquiryLags(int millis) {
        rig.bank()
                .put(
                        "/control/suffix-times",
                        "{\"pending_ms\":300,\"late_reply_ms\":4000,\"enquiry_lag_ms\":"
                                + millis
                                + "}");
    }

    @AfterAll
    static void stop() {
        Shop.assertAuditFindsNothing(rig);
        rig.close();
    }

    /** What the suffixes have in common. */
    private enum Outcome {
        APPROVED,
        DECLINED,
        REPLY_LOST,
        NEVER_ARRIVED,
        NOT_PROCESSED,
        PENDING_THEN_APPROVED,
        PENDING_THEN_DECLINED,
        ENQUIRY_LAGS,
        CHALLENGE,
        STRIKES_LATER
    }

    private static final Map<Outcome, List<String>> SUFFIXES =
            Map.of(
                    Outcome.APPROVED,
                    List.of("0000", "0077", "0083"),
                    Outcome.DECLINED,
                    List.of("0005", "0041", "0043", "0051", "0054", "0059", "0061", "0091", "0096"),
                    Outcome.REPLY_LOST,
                    List.of("0068", "0069", "0071", "0073"),
                    Outcome.NEVER_ARRIVED,
                    List.of("0070"),
                    Outcome.NOT_PROCESSED,
                    List.of("0072"),
                    Outcome.PENDING_THEN_APPROVED,
                    List.of("0074", "0076"),
                    Outcome.PENDING_THEN_DECLINED,
                    List.of("0075"),
                    Outcome.ENQUIRY_LAGS,
                    List.of("0078"),
                    Outcome.CHALLENGE,
                    List.of("0079"),
                    Outcome.STRIKES_LATER,
                    List.of("0080", "0081", "0082"));

    /**
     * What is expected of one operation.
     *
     * @param first its status, or its payment's, in the answer
     * @param events those after it was asked for
     * @param effects what the bank did for it
     */
    private record Expected(
            int answer, String first, String last, List<String> events, List<String> effects) {}

    private static Expected opening(Outcome outcome, String settled, String effect, String undo) {
        return switch (outcome) {
            case APPROVED, STRIKES_LATER ->
                    new Expected(201, settled, settled, events(settled), List.of(effect));
            case DECLINED ->
                    new Expected(201, "declined", "declined", events("declined"), List.of());
            case REPLY_LOST ->
                    new Expected(202, "in_doubt", settled, doubt(settled), List.of(effect));
            case NEVER_ARRIVED ->
                    new Expected(202, "in_doubt", "failed", doubt("failed"), List.of());
            case NOT_PROCESSED ->
                    new Expected(201, "failed", "failed", events("failed"), List.of());
            case PENDING_THEN_APPROVED ->
                    new Expected(202, "processing", settled, events(settled), List.of(effect));
            case PENDING_THEN_DECLINED ->
                    new Expected(202, "processing", "declined", events("declined"), List.of());
            // The bank denies it for longer than it is believed to be on its way.
            case ENQUIRY_LAGS ->
                    new Expected(
                            202, "in_doubt", "canceled", doubt("canceled"), List.of(effect, undo));
            case CHALLENGE ->
                    new Expected(
                            201,
                            "requires_action",
                            "requires_action",
                            events("requires_action"),
                            List.of());
        };
    }

    private static Expected later(Outcome outcome, String event, String effect) {
        List<String> done = List.of(event);
        List<String> failed = List.of("operation.failed");
        return switch (outcome) {
            case APPROVED, STRIKES_LATER, CHALLENGE ->
                    new Expected(201, "succeeded", "succeeded", done, List.of(effect));
            case DECLINED -> new Expected(201, "declined", "declined", failed, List.of());
            case REPLY_LOST, ENQUIRY_LAGS ->
                    new Expected(202, "in_doubt", "succeeded", doubtful(event), List.of(effect));
            case NEVER_ARRIVED ->
                    new Expected(
                            202, "in_doubt", "failed", doubtful("operation.failed"), List.of());
            case NOT_PROCESSED -> new Expected(201, "failed", "failed", failed, List.of());
            case PENDING_THEN_APPROVED ->
                    new Expected(202, "processing", "succeeded", done, List.of(effect));
            case PENDING_THEN_DECLINED ->
                    new Expected(202, "processing", "declined", failed, List.of());
        };
    }

    private static List<String> events(String status) {
        return List.of("payment." + status);
    }

    private static List<String> doubt(String status) {
        return doubtful("payment." + status);
    }

    private static List<String> doubtful(String event) {
        return List.of("payment.in_doubt", "payment.resolved", event);
    }

    @ParameterizedTest
    @CsvSource({
        "sale, captured, debit, credit, ''",
        "authorize, authorized, hold, release, ',\"capture_method\":\"manual\"'"
    })
    void everySuffixOpensAPaymentAsItSays(
            String kind, String settled, String effect, String undo, String more) throws Exception {
        // Longer than this process may take to believe what the bank says.
        enquiryLags(30_000);
        eachSuffix(
                (outcome, suffix) -> {
                    Expected expected = opening(outcome, settled, effect, undo);
                    String key = UUID.randomUUID().toString();
                    String body = Api.payment(Long.parseLong("123" + suffix), Api.CARD, more);
                    Api.Answer answer = rig.api().pay(key, body);
                    String id = answer.text("id");
                    JsonObject payment =
                            Until.is(
                                    () -> rig.api().get("/v1/payments/" + id).json(),
                                    now -> now.getString("status").equals(expected.last()));

                    SoftAssertions softly = new SoftAssertions();
                    softly.assertThat(answer.status()).isEqualTo(expected.answer());
                    softly.assertThat(answer.text("status")).isEqualTo(expected.first());
                    softly.assertThat(payment.isNull("in_doubt")).isTrue();
                    softly.assertThat(rig.api().operations(id).getFirst().getString("kind"))
                            .isEqualTo(kind);
                    softly.assertThat(rig.api().pay(key, body).body()).isEqualTo(answer.body());
                    agree(softly, id, List.of("payment.created"), expected, List.of());
                    return softly;
                });
    }

    @ParameterizedTest
    @CsvSource({
        "captures, authorized, hold, payment.partially_captured, debit",
        "refunds, captured, debit, payment.refunded, credit",
        "adjustments, authorized, hold, payment.adjusted, release"
    })
    void everySuffixOfALaterOperationsAmountStrikesIt(
            String path, String before, String held, String event, String effect) throws Exception {
        eachSuffix(
                (outcome, suffix) -> {
                    String id =
                            before.equals("captured")
                                    ? shop.captured(5_000_000)
                                    : shop.authorized(5_000_000);
                    return operate(
                            id,
                            path,
                            "{\"amount\":123" + suffix + "}",
                            List.of("payment.created", "payment." + before),
                            later(outcome, event, effect),
                            List.of(held));
                });
    }

    @Test
    void everyPaymentThatIsAuthorizedIsVoidedAndTheReplyLostWhereItsAmountSaysSo()
            throws Exception {
        eachSuffix(
                (outcome, suffix) -> {
                    Expected opened = opening(outcome, "authorized", "hold", "release");
                    if (!opened.last().equals("authorized")) {
                        return new SoftAssertions();
                    }
                    String id = opened("123" + suffix, ",\"capture_method\":\"manual\"", opened);
                    List<String> before = new ArrayList<>(List.of("payment.created"));
                    before.addAll(opened.events());
                    boolean lost = suffix.equals("0081");
                    return operate(
                            id,
                            "cancel",
                            "{}",
                            before,
                            later(
                                    lost ? Outcome.REPLY_LOST : Outcome.APPROVED,
                                    "payment.canceled",
                                    "release"),
                            List.of("hold"));
                });
    }

    @ParameterizedTest
    @CsvSource({
        "0080, captures, authorized, hold, payment.captured, debit",
        "0082, refunds, captured, debit, payment.refunded, credit"
    })
    void anAmountThatStrikesLaterLosesTheReplyOfThatOperation(
            String suffix, String path, String before, String held, String event, String effect) {
        String id =
                before.equals("captured")
                        ? shop.captured(1_230_000L + Long.parseLong(suffix))
                        : shop.authorized(1_230_000L + Long.parseLong(suffix));
        operate(
                        id,
                        path,
                        "{}",
                        List.of("payment.created", "payment." + before),
                        later(Outcome.REPLY_LOST, event, effect),
                        List.of(held))
                .assertAll();
    }

    // What the tests are made of.

    /** Checks one suffix of one outcome. */
    @FunctionalInterface
    private interface Check {
        SoftAssertions of(Outcome outcome, String suffix);
    }

    private static void eachSuffix(Check check) throws Exception {
        try (ExecutorService all = Executors.newVirtualThreadPerTaskExecutor()) {
            Map<String, Future<SoftAssertions>> running = new java.util.LinkedHashMap<>();
            for (Outcome outcome : Outcome.values()) {
                for (String suffix : SUFFIXES.get(outcome)) {
                    running.put(
                            outcome + " " + suffix, all.submit(() -> check.of(outcome, suffix)));
                }
            }
            assertThat(running).hasSize(26);
            List<String> wrong = new ArrayList<>();
            for (Map.Entry<String, Future<SoftAssertions>> one : running.entrySet()) {
                Function<Throwable, String> named = e -> one.getKey() + ": " + e.getMessage();
                try {
                    one.getValue().get().errorsCollected().stream().map(named).forEach(wrong::add);
                } catch (java.util.concurrent.ExecutionException e) {
                    wrong.add(named.apply(e.getCause()));
                }
            }
            assertThat(wrong).isEmpty();
        }
    }

    private static String opened(String amount, String more, Expected expected) {
        String id =
                rig.api()
                        .pay(
                                UUID.randomUUID().toString(),
                                Api.payment(Long.parseLong(amount), Api.CARD, more))
                        .text("id");
        JsonObject ignored =
                Until.is(
                        () -> rig.api().get("/v1/payments/" + id).json(),
                        now -> now.getString("status").equals(expected.last()));
        return id;
    }

    private static SoftAssertions operate(
            String id,
            String path,
            String body,
            List<String> eventsBefore,
            Expected expected,
            List<String> effectsBefore) {
        Api.Answer answer = shop.operate(id, path, body);
        String operation = Shop.operation(answer).getString("id");
        JsonObject ended =
                Until.is(
                        () -> rig.api().get("/v1/operations/" + operation).json(),
                        now -> now.getString("status").equals(expected.last()));
        SoftAssertions softly = new SoftAssertions();
        softly.assertThat(answer.status()).as(answer.body()).isEqualTo(expected.answer());
        softly.assertThat(Shop.operation(answer).getString("status")).isEqualTo(expected.first());
        softly.assertThat(ended.getString("payment")).isEqualTo(id);
        agree(softly, id, eventsBefore, expected, effectsBefore);
        return softly;
    }

    /** The log in order, the bank's journal, and the books. */
    private static void agree(
            SoftAssertions softly,
            String id,
            List<String> eventsBefore,
            Expected expected,
            List<String> effectsBefore) {
        softly.assertThat(rig.api().eventTypes(id))
                .isEqualTo(
                        Stream.concat(eventsBefore.stream(), expected.events().stream()).toList());
        softly.assertThat(rig.bank().effects(rig.api(), id))
                .isEqualTo(
                        Stream.concat(effectsBefore.stream(), expected.effects().stream())
                                .toList());
        if (!expected.last().equals("canceled")) {
            shop.assertBooksAgree(id);
        }
    }
}
