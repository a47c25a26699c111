package io.oqim;

import static org.assertj.core.api.Assertions.assertThat;

import io.oqim.config.OqimConfig;
import io.oqim.store.Database;
import io.oqim.vault.Rewrap;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** New keys for cards that are kept, while payments are made with them. */
class RewrapIT {
    private static final String OLD = "old:b2xkb2xkb2xkb2xkb2xkb2xkb2xkb2xkb2xkb2xkb2w=";
    private static final String NEW = "new:bmV3bmV3bmV3bmV3bmV3bmV3bmV3bmV3bmV3bmV3bmU=";

    @Test
    void withANewKeyTheOldOneIsNeededNoMore() throws Exception {
        try (Rig rig = Rig.start(Map.of("vault.keys", OLD))) {
            String token = keep(rig.api());
            rig.stopGateway();
            // First all processes learn the new key, then it is the one that wraps.
            rig.startGateway(Map.of("vault.keys", OLD + "," + NEW));
            String between = keep(rig.api());
            rig.stopGateway();
            rig.startGateway(Map.of("vault.keys", NEW + "," + OLD));
            assertThat(wrappings(rig)).containsOnly("old");

            Rewrap.Done done = rewrap(rig, NEW + "," + OLD, "30d");

            assertThat(done.keys()).isEqualTo(1);
            assertThat(done.unreadable()).isZero();
            assertThat(wrappings(rig)).containsOnly("new");
            rig.stopGateway();
            rig.startGateway(Map.of("vault.keys", NEW));
            pays(rig.api(), token);
            pays(rig.api(), between);
            assertThat(rewrap(rig, NEW, "30d")).isEqualTo(new Rewrap.Done(0, 0, 0, 0));
        }
    }

    @Test
    void cardsOfADataKeyThatHasHadItsTimeAreEncryptedAnewByTwoAtOnceBesidePayments()
            throws Exception {
        try (Rig rig = Rig.start(Map.of("vault.keys", OLD, "vault.rewrap-batch", "7"));
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<String> tokens = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                tokens.add(keep(rig.api()));
            }
            List<String> before = sealed(rig);
            aged(rig, "1 hour");

            Callable<Rewrap.Done> all = () -> rewrap(rig, OLD, "30m");
            Future<Rewrap.Done> one = threads.submit(all);
            Future<Rewrap.Done> other = threads.submit(all);
            for (String token : tokens) {
                pays(rig.api(), token);
            }

            assertThat(one.get().cards() + other.get().cards()).isEqualTo(100);
            assertThat(sealed(rig)).hasSize(100).doesNotContainAnyElementsOf(before);
            for (String token : tokens) {
                pays(rig.api(), token);
            }
        }
    }

    @Test
    void whatCannotBeReadIsSaidAndLeftAsItIs() throws Exception {
        try (Rig rig = Rig.start(Map.of("vault.keys", OLD))) {
            String token = keep(rig.api());
            List<String> before = sealed(rig);

            assertThat(rewrap(rig, NEW, "30d")).isEqualTo(new Rewrap.Done(0, 0, 0, 1));

            assertThat(sealed(rig)).isEqualTo(before);
            pays(rig.api(), token);
        }
    }

    @Test
    void aDataKeyThatEncryptsNothingIsForgottenOnceNobodyCanGoOnWithIt() throws Exception {
        try (Rig rig = Rig.start(Map.of("vault.keys", OLD))) {
            String token = keep(rig.api());
            aged(rig, "2 hours");

            assertThat(rewrap(rig, OLD, "1h")).isEqualTo(new Rewrap.Done(0, 1, 0, 0));
            assertThat(wrappings(rig)).as("for those who still know the old one").hasSize(2);
            aged(rig, "20 minutes");
            assertThat(rewrap(rig, OLD, "1h")).isEqualTo(new Rewrap.Done(0, 0, 1, 0));

            assertThat(wrappings(rig)).hasSize(1);
            pays(rig.api(), token);
        }
    }

    private static Rewrap.Done rewrap(Rig rig, String keys, String life) {
        OqimConfig config = rig.config(Map.of("vault.keys", keys, "vault.rewrap-after", life));
        List<String> said = new ArrayList<>();
        try (Database database = new Database(config.database(), 0)) {
            Rewrap.Done done = new Rewrap(database, config.vault(), said::add).run();
            assertThat(String.join("\n", said)).contains(done.cards() + " cards encrypted anew");
            return done;
        }
    }

    private static String keep(Api api) {
        Api.Answer kept =
                api.post(
                        "/v1/tokens",
                        "{\"card\":{\"number\":\"%s\",\"exp_month\":12,\"exp_year\":2030}}"
                                .formatted(Api.CARD),
                        Map.of());
        assertThat(kept.status()).as(kept.body()).isEqualTo(201);
        return kept.text("id");
    }

    private static void pays(Api api, String token) {
        Api.Answer paid =
                api.pay(
                        UUID.randomUUID().toString(),
                        "{\"amount\":5000,\"currency\":\"UZS\",\"payment_method\":{\"type\":\"token\",\"token\":\"%s\"}}"
                                .formatted(token));
        assertThat(paid.status()).as(paid.body()).isEqualTo(201);
        assertThat(paid.text("status")).isEqualTo("captured");
    }

    private static List<String> wrappings(Rig rig) {
        try (Database database = rig.database()) {
            return database.query("SELECT kek FROM data_key", row -> row.getString(1));
        }
    }

    private static List<String> sealed(Rig rig) {
        try (Database database = rig.database()) {
            return database.query(
                    "SELECT sealed FROM token ORDER BY token",
                    row -> HexFormat.of().formatHex(row.getBytes(1)));
        }
    }

    private static void aged(Rig rig, String by) {
        rig.postgres()
                .admin(
                        rig.databaseName(),
                        "UPDATE data_key SET created_at = created_at - interval '" + by + "'");
    }
}
