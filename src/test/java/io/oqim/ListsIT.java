package io.oqim;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Blocklists, allow-lists, and limits of what is counted. */
class ListsIT {
    private static final String CUSTOMER =
            ",\"customer\":{\"id\":\"c-1\",\"email\":\"Ann@Example.com\",\"ip\":\"192.0.2.7\",\"country\":\"UZ\"}";

    private static Rig rig;

    @BeforeAll
    static void start() {
        rig = Rig.start(Map.of("risk.lists-trust", "20ms", "risk.max-entries", "3"));
    }

    @AfterAll
    static void stop() {
        rig.close();
    }

    @ParameterizedTest
    @CsvSource({
        "bin, 424242, 555555",
        "country, UZ, KZ",
        "email, ann@example.COM, bob@example.com",
        "ip, 192.0.2.0/24, 198.51.100.0/24",
        "ip, 192.0.2.7, 192.0.2.8"
    })
    void whatIsOnTheBlocklistIsRefusedAndNoMoneyIsAskedFor(
            String kind, String value, String another) {
        Api api = rig.otherMerchant(OptionalInt.of(0)).api();
        assertThat(put(api, "blocklist", kind, another).status()).isEqualTo(201);
        assertThat(pay(api).text("status")).isEqualTo("captured");
        Api.Answer entry = put(api, "blocklist", kind, value);
        Api.Answer first = paidUntil(api, "declined");
        assertThat(first.text("status")).isEqualTo("declined");
        rig.bank().put("/control/risk", "{\"decision\":\"refuse\",\"code\":\"asked\"}");
        long before = rig.bank().debits();

        Api.Answer refused = pay(api);

        rig.bank().post("/control/reset");

        assertThat(refused.text("status")).isEqualTo("declined");
        JsonObject decline = refused.json().getJsonObject("decline");
        assertThat(decline.getString("kind")).isEqualTo("risk");
        assertThat(decline.getString("code")).isEqualTo("blocklisted");
        assertThat(note(api, refused, "lists"))
                .isEqualTo("blocked: " + kind + " " + entry.text("id"));
        assertThat(rig.bank().debits()).isEqualTo(before);
        assertThat(legs(api, refused)).as("nobody else is asked").containsOnly("commit_1", "lists");

        assertThat(api.delete("/v1/blocklist/" + entry.text("id")).status()).isEqualTo(204);

        assertThat(paidUntil(api, "captured").text("status")).isEqualTo("captured");
    }

    @Test
    void aCardIsBlockedByAPaymentWithItAndItsNumberIsNotTold() {
        Api api = rig.otherMerchant(OptionalInt.of(0)).api();
        Api.Answer paid = pay(api);

        Api.Answer entry =
                api.post(
                        "/v1/blocklist",
                        "{\"kind\":\"card\",\"payment\":\"%s\",\"reason\":\"stolen\"}"
                                .formatted(paid.text("id")),
                        Map.of());

        assertThat(entry.status()).as(entry.body()).isEqualTo(201);
        assertThat(entry.text("value")).isEqualTo("424242******4242");
        assertThat(paidUntil(api, "declined").text("status")).isEqualTo("declined");
        assertThat(
                        api.pay(
                                        UUID.randomUUID().toString(),
                                        Api.payment(1_000, "5555555555554444", ""))
                                .text("status"))
                .isEqualTo("captured");
        assertThat(pay(rig.otherMerchant(OptionalInt.of(0)).api()).text("status"))
                .as("another merchant's list")
                .isEqualTo("captured");
    }

    @Test
    void whoIsOnTheAllowListMayPayAsOftenAsHeLikesUnlessHeIsBlockedToo() {
        Api api = rig.otherMerchant(OptionalInt.of(1)).api();
        assertThat(put(api, "allowlist", "country", "UZ").status()).isEqualTo(201);
        assertThat(pay(api).text("status")).isEqualTo("captured");

        Api.Answer second = pay(api);

        assertThat(second.text("status")).isEqualTo("captured");
        assertThat(note(api, second, "lists")).startsWith("allowed: country rle_");
        assertThat(legs(api, second)).doesNotContain("velocity");
        assertThat(put(api, "blocklist", "bin", "424242").status()).isEqualTo(201);
        assertThat(paidUntil(api, "declined").text("status")).isEqualTo("declined");
    }

    @Test
    void anEntryEndsWhenItSaysSo() {
        Api api = rig.otherMerchant(OptionalInt.of(0)).api();
        String body =
                "{\"kind\":\"bin\",\"value\":\"424242\",\"expires\":\"%s\"}"
                        .formatted(Instant.now().plusMillis(1_500));
        assertThat(api.post("/v1/blocklist", body, Map.of()).status()).isEqualTo(201);
        assertThat(pay(api).text("status")).isEqualTo("declined");

        var ignored = Until.is(() -> pay(api), paid -> paid.text("status").equals("captured"));

        assertThat(api.get("/v1/blocklist").json().getJsonArray("data")).isEmpty();
    }

    @Test
    void anEntryWhoseTimeIsOverHidesNoOther() {
        Api api = rig.otherMerchant(OptionalInt.of(0)).api();
        Instant soon = Instant.now().plusMillis(1_500);
        for (String body :
                new String[] {
                    "{\"kind\":\"bin\",\"value\":\"424242\",\"expires\":\"%s\"}".formatted(soon),
                    "{\"kind\":\"ip\",\"value\":\"192.0.2.0/24\"}"
                }) {
            assertThat(api.post("/v1/blocklist", body, Map.of()).status()).isEqualTo(201);
        }
        assertThat(note(api, pay(api), "lists")).startsWith("blocked: bin");

        var ignored =
                Until.is(
                        () -> note(api, pay(api), "lists"), note -> note.startsWith("blocked: ip"));
    }

    @Test
    void whatIsThereAlreadyGetsItsNewReason() {
        Api api = rig.otherMerchant(OptionalInt.of(0)).api();
        Api.Answer first = put(api, "blocklist", "country", "KZ");

        Api.Answer again =
                api.post(
                        "/v1/blocklist",
                        "{\"kind\":\"country\",\"value\":\"KZ\",\"reason\":\"why\"}",
                        Map.of());

        assertThat(again.status()).isEqualTo(200);
        assertThat(again.text("id")).isEqualTo(first.text("id"));
        assertThat(again.text("reason")).isEqualTo("why");
        assertThat(api.get("/v1/blocklist/" + first.text("id")).body()).isEqualTo(again.body());
        assertThat(api.get("/v1/allowlist/" + first.text("id")).status()).isEqualTo(404);
    }

    @Test
    void listsAreReadInPagesAndHaveAMost() {
        Api api = rig.otherMerchant(OptionalInt.of(0)).api();
        for (String country : new String[] {"KZ", "KG", "TJ"}) {
            assertThat(put(api, "blocklist", "country", country).status()).isEqualTo(201);
        }

        Api.Answer more = put(api, "allowlist", "country", "UZ");

        assertThat(more.status()).isEqualTo(409);
        assertThat(more.code()).isEqualTo("too_many_entries");
        JsonObject page = api.get("/v1/blocklist?limit=2").json();
        assertThat(page.getJsonArray("data")).hasSize(2);
        JsonObject rest =
                api.get("/v1/blocklist?limit=2&after=" + page.getString("next_after")).json();
        assertThat(rest.getJsonArray("data")).hasSize(1);
        assertThat(rest.getBoolean("has_more")).isFalse();
    }

    @Test
    void anEmailAddressIsKeptAsAHashAndShownInPart() {
        Api api = rig.otherMerchant(OptionalInt.of(0)).api();

        Api.Answer entry = put(api, "blocklist", "email", "someone@example.com");

        assertThat(entry.text("value")).isEqualTo("s***@example.com");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    {"value":"UZ"}                                                         | 400 | kind
                    {"kind":"shoe","value":"UZ"}                                           | 422 | kind
                    {"kind":"bin","value":"42424"}                                         | 422 | value
                    {"kind":"bin"}                                                         | 400 | value
                    {"kind":"country","value":"uz"}                                        | 422 | value
                    {"kind":"email","value":"nobody"}                                      | 422 | value
                    {"kind":"ip","value":"192.0.2.1/24"}                                   | 422 | value
                    {"kind":"card","value":"4242424242424242"}                             | 400 | payment
                    {"kind":"card","payment":"pay_00000000000000000000000000"}             | 422 | payment
                    {"kind":"country","value":"UZ","expires":"2020-01-01T00:00:00Z"}       | 422 | expires
                    {"kind":"country","value":"UZ","expires":"soon"}                       | 422 | expires
                    {"kind":"country","value":"UZ","more":1}                               | 400 | more
                    """)
    void whatMakesNoSenseIsRefusedByItsField(String body, int status, String param) {
        Api.Answer refused = rig.api().post("/v1/blocklist", body, Map.of());

        assertThat(refused.status()).as(refused.body()).isEqualTo(status);
        assertThat(refused.text("param")).isEqualTo(param);
        assertThat(refused.body()).doesNotContain("4242424242424242");
    }

    @Test
    void eachLimitHoldsByItself() {
        Api merchant = rig.otherMerchant(OptionalInt.of(0)).api();
        try (Rig.Neighbour limited =
                rig.neighbour(
                        Role.GATEWAY,
                        Map.of(
                                "risk.velocity-per-customer", "2",
                                "risk.velocity-per-ip", "4",
                                "risk.velocity-per-bin", "6",
                                "risk.velocity-per-tenant", "8"))) {
            Api api = new Api(limited.api().url(), merchant.key());
            String other = "5555555555554444";

            assertThat(paid(api, "same", 1, Api.CARD)).isEmpty();
            assertThat(paid(api, "same", 1, Api.CARD)).isEmpty();
            assertThat(paid(api, "same", 1, Api.CARD)).isEqualTo("customer_velocity_exceeded");
            assertThat(paid(api, "c-3", 1, Api.CARD))
                    .as("what was refused is not counted")
                    .isEmpty();
            assertThat(paid(api, "c-4", 1, Api.CARD)).isEmpty();
            assertThat(paid(api, "c-5", 1, Api.CARD)).isEqualTo("ip_velocity_exceeded");
            assertThat(paid(api, "c-6", 6, Api.CARD)).isEmpty();
            assertThat(paid(api, "c-7", 7, Api.CARD)).isEmpty();
            assertThat(paid(api, "c-8", 8, Api.CARD)).isEqualTo("bin_velocity_exceeded");
            assertThat(paid(api, "c-9", 9, other)).isEmpty();
            assertThat(paid(api, "c-10", 10, other)).isEmpty();
            assertThat(paid(api, "c-11", 11, other)).isEqualTo("tenant_velocity_exceeded");
        }
    }

    private static String paid(Api api, String customer, int address, String card) {
        Api.Answer paid =
                api.pay(
                        UUID.randomUUID().toString(),
                        Api.payment(
                                1_000,
                                card,
                                ",\"customer\":{\"id\":\"%s\",\"ip\":\"192.0.2.%d\"}"
                                        .formatted(customer, address)));
        return paid.text("status").equals("declined")
                ? paid.json().getJsonObject("decline").getString("code")
                : "";
    }

    @Test
    void aListThatIsTrustedForAWhileIsReadAgainAfterIt() {
        Rig.Other merchant = rig.otherMerchant(OptionalInt.of(0));
        try (Rig.Neighbour other =
                rig.neighbour(Role.GATEWAY, Map.of("risk.lists-trust", "300ms"))) {
            Api there = new Api(other.api().url(), merchant.api().key());
            assertThat(pay(there).text("status")).isEqualTo("captured");

            assertThat(put(merchant.api(), "blocklist", "bin", "424242").status()).isEqualTo(201);

            var ignored =
                    Until.is(
                            Duration.ofSeconds(10),
                            () -> pay(there),
                            paid -> paid.text("status").equals("declined"));
        }
    }

    private static Api.Answer put(Api api, String list, String kind, String value) {
        return api.post(
                "/v1/" + list,
                "{\"kind\":\"%s\",\"value\":\"%s\"}".formatted(kind, value),
                Map.of());
    }

    private static Api.Answer pay(Api api) {
        // Another customer each time, so that only the lists and the card count.
        String customer = CUSTOMER.replace("c-1", UUID.randomUUID().toString());
        return api.pay(UUID.randomUUID().toString(), Api.payment(1_000, Api.CARD, customer));
    }

    private static Api.Answer paidUntil(Api api, String status) {
        return Until.is(() -> pay(api), paid -> paid.text("status").equals(status));
    }

    private static List<String> legs(Api api, Api.Answer payment) {
        return trace(api, payment).stream().map(leg -> leg.getString("name")).toList();
    }

    private static String note(Api api, Api.Answer payment, String name) {
        return trace(api, payment).stream()
                .filter(leg -> leg.getString("name").equals(name))
                .findFirst()
                .orElseThrow()
                .getString("note");
    }

    private static List<JsonObject> trace(Api api, Api.Answer payment) {
        return api.get("/v1/payments/" + payment.text("id") + "/trace")
                .json()
                .getJsonArray("operations")
                .getJsonObject(0)
                .getJsonArray("legs")
                .getValuesAs(JsonObject.class);
    }
}
