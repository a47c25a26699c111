package io.oqim.risk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.oqim.http.Json;
import io.oqim.http.Refusal;
import io.oqim.money.Money;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RulesTest {
    private static final Facts ANN =
            new Facts(
                    1,
                    Money.of(125_000, "UZS"),
                    new byte[32],
                    Optional.of("424242"),
                    Optional.of("ann"),
                    Optional.of(new byte[32]),
                    Optional.of(InetAddress.ofLiteral("192.0.2.7")),
                    Optional.of("UZ"));

    private static final Facts NOBODY =
            new Facts(
                    1,
                    Money.of(125_000, "UZS"),
                    new byte[32],
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty());

    private static final Map<Dimension, Long> COUNTS =
            Map.of(Dimension.CARD, 3L, Dimension.TENANT, 100L);

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    "amount":{"gte":125000}                | true  | true
                    "amount":{"gt":125000}                 | false | false
                    "amount":{"gt":1000,"lt":200000}       | true  | true
                    "amount":{"gt":1000,"lt":2000}         | false | false
                    "amount":{"eq":125000}                 | true  | true
                    "card_count":{"lte":3}                 | true  | true
                    "card_count":{"lt":3}                  | false | false
                    "ip_count":{"lt":3}                    | false | false
                    "currency":{"in":["UZS","USD"]}        | true  | true
                    "country":{"in":["UZ"]}                | true  | false
                    "country":{"not_in":["UZ"]}            | false | false
                    "country":{"not_in":["KZ"]}            | true  | false
                    "country":{"missing":true}             | false | true
                    "country":{"missing":false}            | true  | false
                    "bin":{"in":["424242"]}                | true  | false
                    "customer":{"in":["bob"]}              | false | false
                    "ip":{"in":["192.0.2.0/24"]}           | true  | false
                    "ip":{"not_in":["192.0.2.0/24"]}       | false | false
                    "ip":{"not_in":["::/0"]}               | true  | false
                    "email":{"missing":false}              | true  | false
                    "country":{"in":["UZ"]},"amount":{"gt":999999} | false | false
                    """)
    void aRuleHoldsWhenAllOfItDoesAndWhatIsNotSaidFulfilsNothing(
            String when, boolean ann, boolean nobody) {
        Rules rules =
                read("{\"rules\":[{\"name\":\"r\",\"when\":{" + when + "},\"then\":\"block\"}]}");

        assertThat(rules.judge(ANN, COUNTS).asks(Action.BLOCK)).isEqualTo(ann);
        assertThat(rules.judge(NOBODY, COUNTS).asks(Action.BLOCK)).isEqualTo(nobody);
    }

    @Test
    void scoresAreAddedAndThresholdsSayWhatIsDone() {
        Rules rules =
                read(
                        """
                        {"rules":[
                            {"name":"large","when":{"amount":{"gt":100000}},"score":40},
                            {"name":"often","when":{"card_count":{"gt":2}},"score":30},
                            {"name":"known","when":{"customer":{"in":["ann"]}},"score":-25},
                            {"name":"never","when":{"country":{"in":["XX"]}},"score":500}],
                         "challenge_at":40,"review_at":60,"block_at":100}""");

        Judgement ann = rules.judge(ANN, COUNTS);
        Judgement nobody = rules.judge(NOBODY, COUNTS);

        assertThat(ann.score()).isEqualTo(45);
        assertThat(ann.actions()).containsExactly(Action.CHALLENGE);
        assertThat(ann.reasons()).containsExactly("large", "often", "known");
        assertThat(nobody.score()).isEqualTo(70);
        assertThat(nobody.actions()).containsExactly(Action.REVIEW);
        assertThat(nobody.asks(Action.BLOCK)).isFalse();
    }

    @Test
    void aRuleWithoutConditionsHoldsForAll() {
        Rules rules = read("{\"rules\":[{\"name\":\"all\",\"then\":\"review\"}]}");

        assertThat(rules.judge(NOBODY, Map.of()).actions()).containsExactly(Action.REVIEW);
    }

    @Test
    void whatRulesCountIsKnown() {
        Rules rules =
                read(
                        "{\"rules\":[{\"name\":\"a\",\"when\":{\"ip_count\":{\"gt\":1},\"amount\":{\"gt\":1}},\"score\":1}]}");

        assertThat(rules.counted()).containsExactly(Dimension.IP);
        assertThat(Rules.NONE.counted()).isEmpty();
        assertThat(Rules.NONE.judge(ANN, COUNTS).actions()).isEmpty();
    }

    @Test
    void rulesAreShownAsTheyWereGiven() {
        String text =
                "{\"rules\":[{\"name\":\"a\",\"when\":{\"amount\":{\"gt\":1,\"lte\":9},\"country\":{\"not_in\":[\"UZ\",\"KZ\"]},"
                        + "\"ip\":{\"in\":[\"192.0.2.0/24\"]},\"email\":{\"missing\":true}},\"then\":\"challenge\"},"
                        + "{\"name\":\"b\",\"when\":{\"tenant_count\":{\"gte\":5}},\"score\":-7}],"
                        + "\"challenge_at\":null,\"review_at\":50,\"block_at\":null}";

        byte[] shown =
                Json.bytes(
                        out -> {
                            out.writeStartObject();
                            RulesJson.write(out, read(text));
                            out.writeEnd();
                        });

        assertThat(new String(shown, StandardCharsets.UTF_8)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    {"rules":[{"name":"a","then":"block"},{"name":"a","then":"block"}]}         | rules.1.name
                    {"rules":[{"name":"a"}]}                                                    | rules.0.then
                    {"rules":[{"name":"a","then":"block","score":1}]}                           | rules.0.then
                    {"rules":[{"name":"a","then":"pass"}]}                                      | rules.0.then
                    {"rules":[{"name":"a","score":1001}]}                                       | rules.0.score
                    {"rules":[{"then":"block"}]}                                                | rules.0.name
                    {"rules":[{"name":"a","then":"block","when":{"shoe":{"gt":1}}}]}            | rules.0.when.shoe
                    {"rules":[{"name":"a","then":"block","when":{"amount":{}}}]}                | rules.0.when.amount
                    {"rules":[{"name":"a","then":"block","when":{"amount":{"gt":"1"}}}]}        | rules.0.when.amount.gt
                    {"rules":[{"name":"a","then":"block","when":{"amount":{"in":["1"]}}}]}      | rules.0.when.amount.in
                    {"rules":[{"name":"a","then":"block","when":{"country":{"gt":1}}}]}         | rules.0.when.country.gt
                    {"rules":[{"name":"a","then":"block","when":{"country":{"in":["UZ"],"missing":true}}}]} | rules.0.when.country
                    {"rules":[{"name":"a","then":"block","when":{"ip":{"in":["x"]}}}]}          | rules.0.when.ip.in.0
                    {"rules":[{"name":"a","then":"block","when":{"email":{"in":["a@b.c"]}}}]}   | rules.0.when.email.in
                    {"rules":[{"name":"a","then":"block","when":{"country":{"in":["uz"]}}}]}    | rules.0.when.country.in.0
                    {"rules":[{"name":"a","then":"block","when":{"bin":{"in":["424242","42"]}}}]} | rules.0.when.bin.in.1
                    {"block_at":50}                                                             | rules
                    {"rules":[],"block_at":0}                                                   | block_at
                    {"rules":[],"more":1}                                                       | more
                    {"rules":{}}                                                                | rules
                    {"rules":[1]}                                                               | rules.0
                    """)
    void whatMakesNoSenseIsRefusedByItsField(String body, String param) {
        assertThatThrownBy(() -> read(body))
                .isInstanceOfSatisfying(
                        Refusal.class,
                        refusal -> assertThat(refusal.problem().param()).contains(param));
    }

    private static Rules read(String text) {
        return RulesJson.read(Json.object(text.getBytes(StandardCharsets.UTF_8)));
    }
}
