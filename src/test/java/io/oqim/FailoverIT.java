package io.oqim;

import static org.assertj.core.api.Assertions.assertThat;

import io.oqim.dev.LocalPostgres;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** PostgreSQL with a standby: what is read from it, and what happens when it takes over. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class FailoverIT {
    private final List<AutoCloseable> opened = new ArrayList<>();
    private LocalPostgres primary;
    private LocalPostgres standby;
    private String own;

    @BeforeEach
    void start() throws Exception {
        Path folder = Path.of("target", "it", "failover-" + UUID.randomUUID());
        primary = open(LocalPostgres.start(folder.resolve("primary")));
        own = primary.database("oqim");
        standby = open(LocalPostgres.standby(primary, folder.resolve("standby"), "second"));
    }

    @AfterEach
    void stop() throws Exception {
        for (AutoCloseable each : opened.reversed()) {
            each.close();
        }
    }

    private <T extends AutoCloseable> T open(T part) {
        opened.add(part);
        return part;
    }

    @Test
    void whenTheStandbyTakesOverPaymentsGoOnAndNothingThatWasAnsweredIsLost() throws Exception {
        primary.waitFor("second");
        Rig rig =
                open(
                        Rig.start(
                                Map.of(
                                        "database.url",
                                        "jdbc:postgresql://127.0.0.1:"
                                                + primary.port()
                                                + ",127.0.0.1:"
                                                + standby.port()
                                                + "/oqim?targetServerType=primary")));
        Queue<Api.Answer> answered = new ConcurrentLinkedQueue<>();
        AtomicBoolean over = new AtomicBoolean();
        List<Thread> callers = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            callers.add(
                    Thread.ofVirtual()
                            .start(
                                    () -> {
                                        while (!over.get()) {
                                            Api.Answer answer = rig.api().pay(1_000);
                                            if (answer.status() < 300) {
                                                answered.add(answer);
                                            }
                                        }
                                    }));
        }
        Until.is(answered::size, size -> size > 50);

        primary.crash();
        standby.promote();
        int before = answered.size();
        Until.is(answered::size, size -> size > before + 50);
        over.set(true);
        for (Thread caller : callers) {
            caller.join();
        }

        for (Api.Answer answer : answered) {
            Api.Answer read = rig.api().get("/v1/payments/" + answer.text("id"));
            assertThat(read.status()).as(answer.body()).isEqualTo(200);
            assertThat(read.json().getInt("version"))
                    .isGreaterThanOrEqualTo(answer.json().getInt("version"));
        }
        String open = "SELECT count(*) FROM attempt WHERE next_check_at IS NOT NULL";
        Until.is(() -> standby.ask("oqim", open), left -> left.equals("0"));
        List<String> said = new ArrayList<>();
        assertThat(new Audit(rig.config(), said::add).run()).as(said.toString()).isZero();
    }

    @Test
    void listsAreReadFromACopyThatIsNearEnoughAndHasWhatTheCallerHasSeen() throws Exception {
        Rig rig = reading("10m");
        Api.Answer first = rig.api().pay(1_000);
        Until.is(() -> ids(rig, ""), ids -> ids.contains(first.text("id")));
        // Until it is known, all is read at the primary.
        Until.is(() -> lag(rig), lag -> !lag.endsWith("NaN"));
        standby.admin("postgres", "SELECT pg_wal_replay_pause()");
        Until.is(
                () -> standby.ask("postgres", "SELECT pg_get_wal_replay_pause_state()"),
                state -> state.equals("paused"));

        Api.Answer second = rig.api().pay(2_000);

        String seen = second.header("Event-Seq").orElseThrow();
        assertThat(ids(rig, "")).contains(first.text("id")).doesNotContain(second.text("id"));
        assertThat(ids(rig, "?min_seq=" + seen)).contains(second.text("id"));
        assertThat(rig.api().get("/v1/payments/" + second.text("id")).status()).isEqualTo(200);
        assertThat(rig.api().get("/v1/ledger/entries").body()).doesNotContain(second.text("id"));
        assertThat(rig.api().get("/v1/ledger/entries?min_seq=" + seen).body())
                .contains(second.text("id"));

        standby.crash();
        assertThat(ids(rig, "")).contains(second.text("id"));
        assertThat(lag(rig)).endsWith("NaN");
    }

    @Test
    void aCopyThatIsTooFarBehindIsNotReadFrom() throws Exception {
        Rig rig = reading("500ms");
        Until.is(() -> lag(rig), lag -> !lag.endsWith("NaN"));
        standby.admin("postgres", "SELECT pg_wal_replay_pause()");
        Api.Answer late = rig.api().pay(1_000);

        Until.is(Duration.ofSeconds(10), () -> ids(rig, ""), ids -> ids.contains(late.text("id")));
        assertThat(lag(rig)).endsWith("NaN");

        standby.admin("postgres", "SELECT pg_wal_replay_resume()");
        Until.is(() -> lag(rig), lag -> !lag.endsWith("NaN"));
    }

    @Test
    void aCopyThatHasBecomeAServerOfItsOwnIsNotReadFrom() throws Exception {
        Rig rig = reading("500ms");
        Until.is(() -> lag(rig), lag -> !lag.endsWith("NaN"));

        standby.promote();

        Until.is(() -> lag(rig), lag -> lag.endsWith("NaN"));
        Api.Answer late = rig.api().pay(1_000);
        assertThat(ids(rig, "")).contains(late.text("id"));
    }

    /** Reads lists from the standby as long as it is as near as that. */
    private Rig reading(String maxLag) {
        return open(
                Rig.start(
                        Map.of(
                                "database.url",
                                own,
                                "database.replica-url",
                                standby.url("oqim"),
                                "database.replica-max-lag",
                                maxLag)));
    }

    private static List<String> ids(Rig rig, String query) {
        return rig.api().get("/v1/payments" + query).json().getJsonArray("data").stream()
                .map(payment -> payment.asJsonObject().getString("id"))
                .toList();
    }

    private static String lag(Rig rig) {
        return rig.admin()
                .get("/metrics")
                .body()
                .lines()
                .filter(line -> line.startsWith("oqim_database_replica_lag_seconds "))
                .findFirst()
                .orElse("NaN");
    }
}
