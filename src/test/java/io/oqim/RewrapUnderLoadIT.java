package io.oqim;

import static org.assertj.core.api.Assertions.assertThat;

import io.oqim.dev.LocalPostgres;
import io.oqim.dev.OqimProcess;
import io.oqim.store.Database;
import io.oqim.store.TypeId;
import io.oqim.vault.ManyTokens;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * Many cards are encrypted anew, by a process that is killed midway and the one that goes on, while
 * payments go on: {@code -Doqim.tokens} of them, {@code -Doqim.tokens.payments} a second (a million
 * and 100 with {@code -Psoak}).
 */
class RewrapUnderLoadIT {
    private static final int TOKENS = Integer.getInteger("oqim.tokens", 3_000);
    private static final int A_SECOND = Integer.getInteger("oqim.tokens.payments", 20);
    private static final Duration LONG = Duration.ofMinutes(20);

    @Test
    void cardsAreEncryptedAnewWhilePaymentsGoOnAlsoWhenTheProcessIsKilledAndBegunAgain()
            throws Exception {
        try (Rig rig =
                        Rig.start(
                                Map.of(
                                        "vault.rewrap-after",
                                        "1h",
                                        "vault.rewrap-batch",
                                        Integer.toString(Math.max(10, TOKENS / 2_000))));
                Database database = rig.database();
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Rig.Other merchant = rig.otherMerchant(OptionalInt.of(1_000_000));
            long tenant = merchant.tenant(database);
            ManyTokens tokens = new ManyTokens(database, rig.config().vault());
            String token = kept(rig, database, tokens, tenant);
            for (int i = 0; i < 5 * A_SECOND; i++) {
                // What has just started is slow, cards or no cards.
                assertThat(outcome(pay(merchant.api(), token))).isEqualTo("captured");
            }
            AtomicBoolean done = new AtomicBoolean();
            Future<List<Api.Answer>> payments =
                    threads.submit(() -> payments(merchant.api(), token, () -> !done.get()));

            Process killed = rewrap(rig);
            long third =
                    Until.is(
                            LONG,
                            () -> tokens.withTheNewestKey(tenant),
                            count -> count >= TOKENS / 3 && count != TOKENS);
            assertThat(killed.destroyForcibly().waitFor()).as("killed").isNotZero();
            assertThat(rewrap(rig).waitFor()).as("the next one").isZero();

            done.set(true);
            List<Api.Answer> paid = payments.get();
            System.out.printf(
                    "%d cards encrypted anew, a process killed after %d, beside %d payments%n",
                    TOKENS, third, paid.size());
            assertThat(
                            paid.stream()
                                    .collect(
                                            Collectors.groupingBy(
                                                    RewrapUnderLoadIT::outcome,
                                                    Collectors.counting())))
                    .containsOnlyKeys("captured");
            assertThat(tokens.withTheNewestKey(tenant)).isEqualTo(TOKENS);
            assertThat(pay(merchant.api(), token).text("status")).isEqualTo("captured");
        }
    }

    /** All that are kept, with a key that has had its time; one of them. */
    private static String kept(Rig rig, Database database, ManyTokens tokens, long tenant)
            throws Exception {
        try (Connection owner =
                DriverManager.getConnection(
                        rig.postgres().url(rig.databaseName()),
                        LocalPostgres.MIGRATE_ROLE,
                        LocalPostgres.PASSWORD)) {
            tokens.keep(owner, tenant, Api.CARD, TOKENS);
        }
        rig.postgres()
                .admin(
                        rig.databaseName(),
                        "UPDATE data_key SET created_at = created_at - interval '2 hours'");
        return database.first(
                        "SELECT token FROM token WHERE tenant = ? ORDER BY token DESC LIMIT 1",
                        row -> TypeId.text("tok", row.getObject(1, UUID.class)),
                        tenant)
                .orElseThrow();
    }

    private static String outcome(Api.Answer answer) {
        return answer.status() == 201 ? answer.text("status") : Integer.toString(answer.status());
    }

    private static Process rewrap(Rig rig) throws Exception {
        return OqimProcess.start(
                "rewrap", rig.environment(), List.of("-Xmx128m"), Path.of("target/it/rewrap.log"));
    }

    /** As many a second as are wanted, for as long as this is so. */
    private static List<Api.Answer> payments(Api api, String token, BooleanSupplier wanted)
            throws Exception {
        try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Api.Answer>> all = new ArrayList<>();
            long start = System.nanoTime();
            while (wanted.getAsBoolean()) {
                all.add(callers.submit(() -> pay(api, token)));
                long next = start + all.size() * 1_000_000_000L / A_SECOND;
                LockSupport.parkNanos(next - System.nanoTime());
            }
            List<Api.Answer> answers = new ArrayList<>();
            for (Future<Api.Answer> one : all) {
                answers.add(one.get());
            }
            return answers;
        }
    }

    private static Api.Answer pay(Api api, String token) {
        return api.pay(
                UUID.randomUUID().toString(),
                "{\"amount\":5000,\"currency\":\"UZS\",\"payment_method\":{\"type\":\"token\",\"token\":\"%s\"}}"
                        .formatted(token));
    }
}
