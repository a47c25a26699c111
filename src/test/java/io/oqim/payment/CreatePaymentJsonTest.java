package io.oqim.payment;

import static io.oqim.http.Refusals.problem;
import static org.assertj.core.api.Assertions.assertThat;

import io.oqim.http.Problem;
import io.oqim.money.Money;
import io.oqim.store.TypeId;
import io.oqim.vault.PlainCard;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CreatePaymentJsonTest {
    private static final String NUMBER = "payment_method.card.number";
    private static final String TOKEN = "tok_01m8cjvk47fxaa7p0qfe4m3182";

    @Test
    void theShortestRequestIsASaleWithoutDetails() {
        CreatePayment request = read(new RequestBody());

        assertThat(request.amount()).isEqualTo(Money.of(125_000, "UZS"));
        assertThat(request.captureMethod()).isEqualTo(CaptureMethod.AUTOMATIC);
        assertThat(request.kind()).isEqualTo(OperationKind.SALE);
        assertThat(request.method())
                .isEqualTo(
                        new PaymentMethod.InClear(
                                new PlainCard("4242424242424242", 12, 2030, Optional.empty()),
                                Optional.empty(),
                                false));
        assertThat(request.details())
                .isEqualTo(
                        new Details(
                                Optional.empty(),
                                Optional.empty(),
                                Map.of(),
                                new Details.Customer(
                                        Optional.empty(),
                                        Optional.empty(),
                                        Optional.empty(),
                                        Optional.empty()),
                                Optional.empty()));
    }

    @Test
    void everyFieldIsRead() {
        CreatePayment request = read(full());

        assertThat(request.captureMethod()).isEqualTo(CaptureMethod.MANUAL);
        assertThat(request.kind()).isEqualTo(OperationKind.AUTHORIZE);
        assertThat(request.method())
                .isEqualTo(
                        new PaymentMethod.InClear(
                                new PlainCard(
                                        "4242424242424242", 12, 2030, Optional.of("A HOLDER")),
                                Optional.of("123"),
                                true));
        assertThat(request.details())
                .isEqualTo(
                        new Details(
                                Optional.of("order-1"),
                                Optional.of("Two books"),
                                Map.of("k", "v"),
                                new Details.Customer(
                                        Optional.of("c-1"),
                                        Optional.of("a@example.com"),
                                        Optional.of("203.0.113.7"),
                                        Optional.of("UZ")),
                                Optional.of("https://shop.example/back?order=1")));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    amount                         | missing_field
                    currency                       | missing_field
                    payment_method.type            | missing_field
                    payment_method.card.number     | missing_field
                    payment_method.card.exp_month  | missing_field
                    payment_method.card.exp_year   | missing_field
                    """)
    void whatIsRequiredIsNamedWhenItIsMissing(String path, String code) {
        assertRefused(new RequestBody().without(path), 400, code, path);
        assertRefused(new RequestBody().with(path, "null"), 400, code, path);
    }

    @Test
    void thePaymentMethodIsRequired() {
        assertRefused(
                new RequestBody().with("payment_method", "null"),
                400,
                "missing_field",
                "payment_method");
        assertRefused(
                new RequestBody().with("payment_method.card", "null"),
                400,
                "missing_field",
                "payment_method.card");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    amount                          | "125000"
                    amount                          | 125000.0
                    amount                          | 1e3
                    amount                          | true
                    currency                        | 860
                    capture_method                  | true
                    payment_method                  | "card"
                    payment_method.type             | 1
                    payment_method.card             | "4242424242424242"
                    payment_method.card.number      | 4242424242424242
                    payment_method.card.exp_month   | "12"
                    payment_method.card.exp_year    | 2030.0
                    payment_method.card.cvc         | 123
                    payment_method.card.holder_name | 1
                    customer                        | "c-1"
                    metadata                        | []
                    reference                       | 1
                    description                     | {}
                    return_url                      | []
                    """)
    void aValueOfTheWrongTypeIsRefusedWithItsPath(String path, String value) {
        assertRefused(new RequestBody().with(path, value), 400, "wrong_type", path);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    amount                          | 0                 | invalid_amount
                    amount                          | -1                | invalid_amount
                    amount                          | 1000000000000     | invalid_amount
                    currency                        | ""                | invalid_length
                    currency                        | "uzs"             | unknown_currency
                    currency                        | "ZZZ"             | unknown_currency
                    currency                        | "XAU"             | unknown_currency
                    currency                        | "UZSS"            | unknown_currency
                    currency                        | "AAAAAAAAAAAAAAAAAAAAA" | invalid_length
                    capture_method                  | "later"           | invalid_value
                    payment_method.type             | "cash"            | unknown_payment_method
                    payment_method.card.number      | ""                | invalid_length
                    payment_method.card.number      | "4242424242424241" | invalid_number
                    payment_method.card.number      | "42424242424"     | invalid_number
                    payment_method.card.number      | "42424242424242424242" | invalid_number
                    payment_method.card.number      | "4242-4242-4242-4242" | invalid_number
                    payment_method.card.number      | "424242424242424a" | invalid_number
                    payment_method.card.number      | "٤٢٤٢٤٢٤٢٤٢٤٢٤٢٤٢" | invalid_number
                    payment_method.card.number      | "                " | invalid_number
                    payment_method.card.exp_month   | 0                 | invalid_expiry
                    payment_method.card.exp_month   | 13                | invalid_expiry
                    payment_method.card.exp_year    | 30                | invalid_expiry
                    payment_method.card.exp_year    | 1999              | invalid_expiry
                    payment_method.card.exp_year    | 2100              | invalid_expiry
                    payment_method.card.cvc         | "12"              | invalid_cvc
                    payment_method.card.cvc         | "12345"           | invalid_cvc
                    payment_method.card.cvc         | "12a"             | invalid_cvc
                    payment_method.card.cvc         | "12345678901"     | invalid_length
                    payment_method.card.holder_name | ""                | invalid_length
                    payment_method.card.holder_name | "\\u0000"         | invalid_text
                    reference                       | ""                | invalid_length
                    reference                       | "\\ud800"         | invalid_text
                    description                     | "a\\u0000"        | invalid_text
                    return_url                      | "shop.example"    | invalid_url
                    return_url                      | "/back"           | invalid_url
                    return_url                      | "ftp://shop.example" | invalid_url
                    return_url                      | "javascript:alert(1)" | invalid_url
                    return_url                      | "https:///back"   | invalid_url
                    return_url                      | "https://a b"     | invalid_url
                    """)
    void aValueThatIsRefusedIsNamedWithItsCode(String path, String value, String code) {
        assertRefused(new RequestBody().with(path, value), 422, code, path);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    {"country":"uz"}       | country | invalid_country
                    {"country":"UZB"}      | country | invalid_country
                    {"country":"12"}       | country | invalid_country
                    {"ip":"localhost"}     | ip      | invalid_ip
                    {"ip":"1.2.3"}         | ip      | invalid_ip
                    {"ip":"1.2.3.4.5"}     | ip      | invalid_ip
                    {"ip":"fe80::1%eth0"}  | ip      | invalid_ip
                    {"ip":"10.0.0.1/8"}    | ip      | invalid_ip
                    {"ip":""}              | ip      | invalid_length
                    {"id":""}              | id      | invalid_length
                    {"email":"\\u0000"}    | email   | invalid_text
                    """)
    void aCustomerThatIsRefusedIsNamedWithItsCode(String customer, String field, String code) {
        assertRefused(new RequestBody().with("customer", customer), 422, code, "customer." + field);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "203.0.113.7",
                "255.255.255.255",
                "::1",
                "2001:db8::7",
                "::ffff:203.0.113.7"
            })
    void addressesOfBothVersionsAreTaken(String ip) {
        CreatePayment request = read(new RequestBody().with("customer", "{\"ip\":\"" + ip + "\"}"));

        assertThat(request.details().customer().ip()).contains(ip);
    }

    @ParameterizedTest
    @CsvSource({"reference,100", "description,500", "payment_method.card.holder_name,100"})
    void textsAreTakenUpToTheirLength(String path, int most) {
        assertThat(read(new RequestBody().with(path, quoted("x".repeat(most))))).isNotNull();
        assertRefused(
                new RequestBody().with(path, quoted("x".repeat(most + 1))),
                422,
                "invalid_length",
                path);
    }

    @ParameterizedTest
    @CsvSource({"1", "999999999999"})
    void amountsAreTakenUpToTheirBounds(long amount) {
        CreatePayment request = read(new RequestBody().with("amount", Long.toString(amount)));

        assertThat(request.amount().minorUnits()).isEqualTo(amount);
    }

    @ParameterizedTest
    @CsvSource({
        "amout,amout",
        "payment_method.brand,payment_method.brand",
        "payment_method.card.pin,payment_method.card.pin"
    })
    void unknownFieldIsRefusedWithItsPath(String path, String param) {
        assertRefused(new RequestBody().with(path, "1"), 400, "unknown_field", param);
    }

    @Test
    void anUnknownFieldOfTheCustomerIsRefusedWithItsPath() {
        assertRefused(
                new RequestBody().with("customer", "{\"name\":\"x\"}"),
                400,
                "unknown_field",
                "customer.name");
    }

    @Test
    void aCardNumberMayHaveSpaces() {
        CreatePayment request = read(new RequestBody().with(NUMBER, "\"4242 4242 4242 4242\""));

        assertThat(card(request).card().number()).isEqualTo("4242424242424242");
    }

    @Test
    void aCardThatHasExpiredIsReadSoThatARetryFindsItsAnswer() {
        CreatePayment request =
                read(new RequestBody().with("payment_method.card.exp_year", "2000"));

        assertThat(card(request).card().expYear()).isEqualTo(2000);
    }

    @Test
    void anExpiredCardIsRefusedByItsYear() {
        assertThat(CreatePaymentJson.expired("payment_method.card.exp_year"))
                .isEqualTo(
                        Problem.refused(
                                "card_expired",
                                "payment_method.card.exp_year",
                                "The card has expired."));
    }

    @Test
    void metadataHasAtMostFiftyEntries() {
        assertThat(read(new RequestBody().with("metadata", entries(50))).details().metadata())
                .hasSize(50);
        assertRefused(new RequestBody().with("metadata", entries(51)), 422, "too_many", "metadata");
    }

    @ParameterizedTest
    @CsvSource({"40,500", "1,1"})
    void metadataIsTakenUpToItsLengths(int name, int value) {
        CreatePayment request = read(new RequestBody().with("metadata", entry(name, value)));

        assertThat(request.details().metadata())
                .containsExactly(Map.entry("n".repeat(name), "v".repeat(value)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    {"":"v"}        | 422 | invalid_value  | metadata
                    {"k":""}        | 422 | invalid_length | metadata.k
                    {"k":1}         | 400 | wrong_type     | metadata.k
                    {"k":{}}        | 400 | wrong_type     | metadata.k
                    {"k":null}      | 400 | wrong_type     | metadata.k
                    {"k":"\\u0000"} | 422 | invalid_text   | metadata.k
                    {"k":"\\udc00"} | 422 | invalid_text   | metadata.k
                    {"\\u0000":"v"} | 422 | invalid_value  | metadata
                    {"\\ud800":"v"} | 422 | invalid_value  | metadata
                    """)
    void metadataThatIsRefusedIsNamed(String metadata, int status, String code, String param) {
        assertRefused(new RequestBody().with("metadata", metadata), status, code, param);
    }

    @Test
    void metadataThatIsTooLongIsRefused() {
        assertRefused(
                new RequestBody().with("metadata", entry(41, 1)), 422, "invalid_value", "metadata");
        assertRefused(
                new RequestBody().with("metadata", entry(1, 501)),
                422,
                "invalid_length",
                "metadata.n");
    }

    @Test
    void theCardNumberIsInNoProblem() {
        for (String path :
                List.of("payment_method.card.cvc", "payment_method.card.pin", "amount")) {
            Problem problem =
                    problem(() -> read(new RequestBody().with(path, "\"4242424242424242\"")));

            assertThat(problem.toString()).doesNotContain("42424242");
        }
    }

    @Test
    void aRequestDoesNotShowItsCardOrItsCustomer() {
        assertThat(read(full()).toString())
                .doesNotContain("4242424242424242")
                .doesNotContain("123")
                .doesNotContain("A HOLDER")
                .doesNotContain("a@example.com")
                .doesNotContain("203.0.113.7");
    }

    @Test
    void theCanonicalFormIsTheSameHoweverTheRequestIsWritten() {
        RequestBody otherwise =
                new RequestBody()
                        .with("metadata", "{\"b\":\"2\",\"a\":\"1\"}")
                        .with(NUMBER, "\"4242 4242 4242 4242\"")
                        .with("capture_method", "\"automatic\"")
                        .with("reference", "null")
                        .with("customer", "{}");
        RequestBody plain = new RequestBody().with("metadata", "{\"a\":\"1\",\"b\":\"2\"}");

        assertThat(canonical(otherwise)).isEqualTo(canonical(plain));
    }

    @Test
    void aTokenIsReadWithACvcOrWithout() {
        RequestBody plain = paidWith("{\"type\":\"token\",\"token\":\"" + TOKEN + "\"}");
        RequestBody withCvc =
                paidWith("{\"type\":\"token\",\"token\":\"" + TOKEN + "\",\"cvc\":\"987\"}");
        UUID token = TypeId.parse("tok", TOKEN).orElseThrow();

        assertThat(read(plain).method()).isEqualTo(new PaymentMethod.Kept(token, Optional.empty()));
        assertThat(read(withCvc).method())
                .isEqualTo(new PaymentMethod.Kept(token, Optional.of("987")));
        assertThat(canonical(withCvc)).isEqualTo(canonical(plain)).doesNotContain("987");
        assertThat(canonical(plain)).contains(token.toString());
    }

    @Test
    void whatIsNoTokenIsRefusedAsOneThatIsNotThere() {
        Problem problem = problem(() -> read(paidWith("{\"type\":\"token\",\"token\":\"tok_1\"}")));

        assertThat(problem.code()).isEqualTo("unknown_token");
    }

    @Test
    void aTokenOfABankIsTakenWhereNoCardsAre() {
        RequestBody body =
                paidWith("{\"type\":\"bank_token\",\"bank\":\"alpha\",\"token\":\"bt_1\"}");

        CreatePayment read = CreatePaymentJson.read(body.fields(), false);

        assertThat(read.method()).isEqualTo(new PaymentMethod.OfBank("alpha", "bt_1"));
        assertThat(read.method().onlyBank()).contains("alpha");
        assertThat(canonical(body)).contains("bt_1").contains("alpha");
        assertThat(read.method()).hasToString("[REDACTED]");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "4242424242424242",
                "4242-4242-4242-4242",
                "4242.4242.4242:4242",
                "with space",
                "b\u00e9ta"
            })
    void whatCannotBeATokenOfABankIsRefused(String token) {
        RequestBody body =
                paidWith(
                        "{\"type\":\"bank_token\",\"bank\":\"alpha\",\"token\":\"" + token + "\"}");

        Problem problem = problem(() -> CreatePaymentJson.read(body.fields(), false));

        assertThat(problem.code()).isEqualTo("invalid_value");
        assertThat(problem.param()).contains("payment_method.token");
        assertThat(problem.detail()).doesNotContain(token);
    }

    @Test
    void whereNoCardsAreTakenNeitherCardNorTokenIs() {
        for (RequestBody body :
                List.of(
                        new RequestBody(),
                        paidWith("{\"type\":\"token\",\"token\":\"" + TOKEN + "\"}"))) {
            assertThat(problem(() -> CreatePaymentJson.read(body.fields(), false)).code())
                    .isEqualTo("cards_not_accepted");
        }
    }

    @Test
    void theCvcIsNotInTheCanonicalForm() {
        RequestBody with = new RequestBody().with("payment_method.card.cvc", "\"987\"");

        assertThat(canonical(with)).isEqualTo(canonical(new RequestBody())).doesNotContain("987");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    amount                          | 125001
                    currency                        | "USD"
                    capture_method                  | "automatic"
                    payment_method.card.number      | "4000000000000002"
                    payment_method.card.exp_month   | 11
                    payment_method.card.exp_year    | 2031
                    payment_method.card.holder_name | "ANOTHER HOLDER"
                    payment_method.save             | false
                    reference                       | "order-2"
                    description                     | "Three books"
                    return_url                      | "https://shop.example/back?order=2"
                    metadata                        | {"k":"w"}
                    metadata                        | {"l":"v"}
                    customer                        | {"id":"c-2","email":"a@example.com","ip":"203.0.113.7","country":"UZ"}
                    customer                        | {"id":"c-1","email":"b@example.com","ip":"203.0.113.7","country":"UZ"}
                    customer                        | {"id":"c-1","email":"a@example.com","ip":"203.0.113.8","country":"UZ"}
                    customer                        | {"id":"c-1","email":"a@example.com","ip":"203.0.113.7","country":"KZ"}
                    """)
    void everythingElseMakesAnotherCanonicalForm(String path, String value) {
        assertThat(canonical(full().with(path, value))).isNotEqualTo(canonical(full()));
    }

    @Test
    void fieldsDoNotRunIntoOneAnotherInTheCanonicalForm() {
        RequestBody one =
                new RequestBody().with("reference", "\"a\\\",\\\"description\\\":\\\"b\"");
        RequestBody two = new RequestBody().with("reference", "\"a\"").with("description", "\"b\"");

        assertThat(canonical(one)).isNotEqualTo(canonical(two));
    }

    private static RequestBody full() {
        return new RequestBody()
                .with("capture_method", "\"manual\"")
                .with("payment_method.card.cvc", "\"123\"")
                .with("payment_method.card.holder_name", "\"A HOLDER\"")
                .with("payment_method.save", "true")
                .with("reference", "\"order-1\"")
                .with("description", "\"Two books\"")
                .with("metadata", "{\"k\":\"v\"}")
                .with("return_url", "\"https://shop.example/back?order=1\"")
                .with(
                        "customer",
                        "{\"id\":\"c-1\",\"email\":\"a@example.com\",\"ip\":\"203.0.113.7\",\"country\":\"UZ\"}");
    }

    private static CreatePayment read(RequestBody body) {
        return CreatePaymentJson.read(body.fields(), true);
    }

    private static RequestBody paidWith(String method) {
        return new RequestBody().with("payment_method", method);
    }

    private static PaymentMethod.InClear card(CreatePayment request) {
        return (PaymentMethod.InClear) request.method();
    }

    private static String canonical(RequestBody body) {
        return new String(CreatePaymentJson.canonical(read(body)), StandardCharsets.UTF_8);
    }

    private static void assertRefused(RequestBody body, int status, String code, String param) {
        Problem problem = problem(() -> read(body));

        assertThat(problem.code()).isEqualTo(code);
        assertThat(problem.status()).isEqualTo(status);
        assertThat(problem.param()).contains(param);
    }

    private static String entries(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> "\"k" + i + "\":\"v\"")
                .collect(Collectors.joining(",", "{", "}"));
    }

    private static String entry(int name, int value) {
        return "{\"" + "n".repeat(name) + "\":\"" + "v".repeat(value) + "\"}";
    }

    private static String quoted(String text) {
        return "\"" + text + "\"";
    }
}
