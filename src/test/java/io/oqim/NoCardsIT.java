package io.oqim;

import static org.assertj.core.api.Assertions.assertThat;

import io.oqim.dev.PostgresServer;
import io.oqim.testing.Digits;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postgresql.PGConnection;

/**
 * No card number and no CVC is left anywhere: not in a table, a log, a metric, an event, a key of
 * Redis, a file of the bank's, or the memory of the process that had them.
 */
class NoCardsIT {
    private final Random random = new Random();
    private final List<String> numbers = new ArrayList<>();
    private final List<String> cvcs = new ArrayList<>();
    private Set<String> taken = Set.of();

    @TempDir Path folder;

    @Test
    void afterTheRequestsNoCardNumberAndNoCvcIsLeft() throws Exception {
        try (Rig rig = Rig.start(Map.of("server.idle-timeout", "1s"));
                GatewayProcess oqim = GatewayProcess.start(rig, Rig.freePort(), "no-cards.log")) {
            taken = Digits.fours(memory(oqim), "cvc");
            use(oqim.api(rig.otherMerchant(OptionalInt.of(1_000)).api().key()), rig.bank());

            Map<String, byte[]> places = new TreeMap<>(tables(rig));
            places.put("log", Files.readAllBytes(Path.of("target", "it", "no-cards.log")));
            places.put("metrics", bytes(oqim.management().get("/metrics").body()));
            places.put("Redis", redis(rig));
            places.putAll(files(rig.books()));
            // What came last on a connection is in its buffer until that is closed.
            byte[] memory = memory(oqim);
            for (int i = 0; i < 20 && holds(memory); i++) {
                memory = memory(oqim);
            }
            places.put("memory", memory);

            Map<String, Set<String>> found = new TreeMap<>();
            places.forEach(
                    (place, content) -> {
                        Set<String> numbersThere = Digits.numbers(content, numbers);
                        if (!numbersThere.isEmpty()) {
                            found.put(place, numbersThere);
                        }
                    });
            assertThat(found).isEmpty();
            assertThat(Digits.fours(memory, "cvc")).doesNotContainAnyElementsOf(cvcs);
            for (String cvc : cvcs) {
                assertThat(new String(places.get("log"), StandardCharsets.UTF_8))
                        .doesNotContain("\"" + cvc + "\"");
            }
            assertThat(places.keySet())
                    .contains("table payment", "table token", "table event", "table trace");
            assertThat(new String(places.get("Redis"), StandardCharsets.UTF_8))
                    .contains("velocity");
        }
    }

    private boolean holds(byte[] memory) {
        return !Digits.numbers(memory, numbers).isEmpty()
                || !Collections.disjoint(Digits.fours(memory, "cvc"), cvcs);
    }

    /** Payments and tokens of all kinds, and nonsense with a card in each place. */
    private void use(Api api, Bank bank) {
        for (int i = 0; i < 20; i++) {
            Api.Answer paid = api.pay(key(), card(5_000, ""));
            assertThat(paid.status()).as(paid.body()).isEqualTo(201);
        }
        Api.Answer saved = api.pay(key(), card(5_000, "").replace("\"}}", "\"},\"save\":true}"));
        String token = saved.json().getJsonObject("payment_method").getString("token");
        Api.Answer kept =
                api.post(
                        "/v1/tokens",
                        "{\"card\":{\"number\":\"%s\",\"exp_month\":12,\"exp_year\":2030,\"holder_name\":\"A B\"}}"
                                .formatted(number()),
                        Map.of());
        for (String id : List.of(token, kept.text("id"))) {
            Api.Answer paid =
                    api.pay(
                            key(),
                            "{\"amount\":7000,\"currency\":\"UZS\",\"payment_method\":{\"type\":\"token\",\"token\":\"%s\",\"cvc\":\"%s\"}}"
                                    .formatted(id, cvc()));
            assertThat(paid.text("status")).isEqualTo("captured");
        }
        String bankToken =
                bank.call(
                                "/alpha/v1/tokens",
                                "{\"card\":{\"number\":\"%s\",\"exp_month\":12,\"exp_year\":2030,\"cvc\":\"%s\"}}"
                                        .formatted(number(), cvc()))
                        .getString("token");
        assertThat(api.pay(key(), Api.byBankToken(7_000, "alpha", bankToken)).text("status"))
                .isEqualTo("captured");
        assertThat(api.pay(key(), card(1_000_068, "")).status()).as("in doubt").isEqualTo(202);
        for (String nonsense :
                List.of(
                        card(-1, ""),
                        card(5_000, ",\"" + number() + "\":1"),
                        card(5_000, "").replace("\"exp_month\":12", "\"exp_month\":13"),
                        "{\"amount\":\"" + number() + "\"}",
                        number(),
                        "[" + number())) {
            assertThat(api.pay(key(), nonsense).status()).as("nonsense").isBetween(400, 499);
        }
        assertThat(api.get("/v1/payments/" + number()).status()).isEqualTo(404);
        assertThat(api.get("/v1/payments?" + number() + "=1").status()).isEqualTo(400);
        assertThat(api.get("/v1/events?limit=100").body()).doesNotContain(numbers);
    }

    private String card(long amount, String more) {
        return Api.payment(amount, number(), more).replace("\"123\"", "\"" + cvc() + "\"");
    }

    private static String key() {
        return UUID.randomUUID().toString();
    }

    /** Of a card that the bank approves, and that is nowhere else. */
    private String number() {
        StringBuilder digits = new StringBuilder("45");
        while (digits.length() < 15) {
            digits.append(random.nextInt(10));
        }
        int sum = 0;
        for (int i = 0; i < 15; i++) {
            int digit = digits.charAt(14 - i) - '0';
            int weighed = i % 2 == 0 ? digit * 2 : digit;
            sum += weighed > 9 ? weighed - 9 : weighed;
        }
        numbers.add(digits.append((10 - sum % 10) % 10).toString());
        return numbers.getLast();
    }

    private String cvc() {
        String cvc;
        do {
            cvc = Integer.toString(1_000 + random.nextInt(9_000));
        } while (taken.contains(cvc));
        cvcs.add(cvc);
        return cvc;
    }

    static Map<String, byte[]> tables(Rig rig) throws Exception {
        Map<String, byte[]> tables = new TreeMap<>();
        try (Connection connection =
                        DriverManager.getConnection(
                                rig.postgres().url(rig.databaseName()),
                                "postgres",
                                PostgresServer.PASSWORD);
                Statement statement = connection.createStatement()) {
            List<String> names = new ArrayList<>();
            try (ResultSet rows =
                    statement.executeQuery(
                            "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND NOT relispartition"
                                    + " AND relnamespace = 'public'::regnamespace")) {
                while (rows.next()) {
                    names.add(rows.getString(1));
                }
            }
            // Bytes as they are: what is hidden in hexadecimal is hidden from nobody.
            for (String name : names) {
                ByteArrayOutputStream rows = new ByteArrayOutputStream();
                var ignored =
                        connection
                                .unwrap(PGConnection.class)
                                .getCopyAPI()
                                .copyOut(
                                        "COPY (SELECT * FROM " + name + ") TO STDOUT BINARY", rows);
                tables.put("table " + name, rows.toByteArray());
            }
        }
        return tables;
    }

    static byte[] redis(Rig rig) {
        return rig.redis()
                .ask(
                        redis -> {
                            ByteArrayOutputStream all = new ByteArrayOutputStream();
                            for (String key : redis.keys("*")) {
                                all.writeBytes(bytes(key + "\n"));
                                all.writeBytes(redis.dump(key));
                            }
                            return all.toByteArray();
                        });
    }

    private static Map<String, byte[]> files(Path books) throws IOException {
        Map<String, byte[]> files = new TreeMap<>();
        try (Stream<Path> all = Files.walk(books)) {
            for (Path file : all.filter(Files::isRegularFile).toList()) {
                files.put("file " + file.getFileName(), Files.readAllBytes(file));
            }
        }
        assertThat(files).isNotEmpty();
        return files;
    }

    /** What of the process's memory is still in use. */
    private byte[] memory(GatewayProcess oqim) throws Exception {
        Path dump = folder.resolve("heap-" + UUID.randomUUID());
        Process jcmd =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                                Long.toString(oqim.process().pid()),
                                "GC.heap_dump",
                                dump.toAbsolutePath().toString())
                        .redirectErrorStream(true)
                        .start();
        String said = new String(jcmd.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(jcmd.waitFor()).as(said).isZero();
        byte[] memory = Files.readAllBytes(dump);
        Files.delete(dump);
        return memory;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
