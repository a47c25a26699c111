package io.oqim;

import static org.assertj.core.api.Assertions.assertThat;

import io.oqim.store.TypeId;
import jakarta.json.JsonObject;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** How many requests a merchant may make, and what is said to one who makes more. */
class RateLimitsIT {
    private static final int A_SECOND = 5;
    private static final int AT_ONCE = 10;

    private static Rig rig;

    @BeforeAll
    static void start() {
        rig = Rig.start();
    }

    @AfterAll
    static void stop() {
        rig.close();
    }

    @Test
    void eachAnswerSaysWhatIsLeftAndBeyondItNobodyElseIsRefused() {
        Rig.Other merchant = limited("{\"rate_limit\":" + A_SECOND + "}");

        Api.Answer first = merchant.api().get("/v1/payments?limit=1");

        assertThat(first.status()).isEqualTo(200);
        assertThat(first.header("RateLimit-Policy")).hasValue("\"tenant\";q=10;w=2");
        assertThat(first.header("RateLimit")).hasValue("\"tenant\";r=" + (AT_ONCE - 1) + ";t=1");
        Api.Answer refused =
                Until.is(
                        () -> merchant.api().get("/v1/payments?limit=1"),
                        answer -> answer.status() == 429);
        assertThat(refused.code()).isEqualTo("rate_limited");
        assertThat(refused.header("Retry-After")).hasValue("1");
        assertThat(refused.header("RateLimit").orElseThrow()).startsWith("\"tenant\";r=0;t=");
        assertThat(rig.api().get("/v1/payments?limit=1").status()).isEqualTo(200);
    }

    @Test
    void aPaymentThatWasRefusedIsMadeByTheSameKeyASecondLater() {
        Rig.Other merchant = limited("{\"rate_limit\":1}");
        AtomicInteger order = new AtomicInteger();
        Api.Answer refused =
                Until.is(
                        () ->
                                merchant.api()
                                        .pay(
                                                "order-" + order.incrementAndGet(),
                                                Api.payment(1_000)),
                        answer -> answer.status() == 429);
        assertThat(refused.code()).isEqualTo("rate_limited");

        Api.Answer paid =
                Until.is(
                        () -> merchant.api().pay("order-" + order, Api.payment(1_000)),
                        answer -> answer.status() != 429);

        assertThat(paid.status()).isEqualTo(201);
        assertThat(paid.header("Idempotent-Replayed")).isEmpty();
    }

    @Test
    void commandsOnASocketAreRequestsToo() throws Exception {
        Rig.Other merchant = limited("{\"rate_limit\":1}");
        try (StreamClient client = new StreamClient(rig.port(), merchant.api().key(), "?after=0")) {
            client.next("hello");
            client.next("subscribed");
            client.next("caught_up");
            int status = 0;
            for (int i = 0; status != 429 && i < 100; i++) {
                client.send(
                        "{\"type\":\"command\",\"id\":\"order-"
                                + i
                                + "\",\"command\":\"create\",\"body\":"
                                + Api.payment(1_000, Api.CARD, "")
                                + "}");
                status = result(client).getInt("status");
                assertThat(status).isIn(201, 429);
            }
            assertThat(status).isEqualTo(429);
        }
    }

    @Test
    void aMerchantWithoutALimitIsNotToldOfOne() {
        Rig.Other merchant = limited("{\"rate_limit\":0}");

        Api.Answer answer = merchant.api().get("/v1/payments?limit=1");

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("RateLimit")).isEmpty();
    }

    private static JsonObject result(StreamClient client) throws InterruptedException {
        JsonObject frame = client.any();
        while (!frame.getString("type").equals("result")) {
            frame = client.any();
        }
        return frame;
    }

    /** Before its key is used for the first time, so that nothing of it is cached. */
    private static Rig.Other limited(String policy) {
        Rig.Other merchant = rig.otherMerchant();
        String path = "/admin/v1/merchants/" + TypeId.text("mer", merchant.merchant());
        Api.Answer changed = rig.admin().put(path + "/policy/test", policy);
        assertThat(changed.status()).isEqualTo(200);
        return merchant;
    }
}
