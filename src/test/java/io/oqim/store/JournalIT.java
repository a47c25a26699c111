package io.oqim.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.oqim.Until;
import io.oqim.config.DatabaseConfig;
import io.oqim.config.JournalConfig;
import io.oqim.config.Secret;
import io.oqim.dev.PostgresServer;
import io.oqim.event.EventBody;
import io.oqim.event.EventSequencer;
import io.oqim.testing.CommitCutter;
import io.oqim.testing.Infra;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The journal's promises, on a real PostgreSQL that is also crashed and cut off. */
class JournalIT {
    private static final AtomicLong TENANTS = new AtomicLong(1000);
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private static final Write NOTE =
            new Write(
                    "note",
                    Write.Stage.ROW,
                    30,
                    "INSERT INTO note (tenant, note, text) SELECT * FROM :rows AS u",
                    "tenant bigint",
                    "note uuid",
                    "text text");

    private static final Write LATE_NOTE =
            new Write(
                    "late_note",
                    Write.Stage.TAIL,
                    30,
                    "INSERT INTO note (tenant, note, text) SELECT * FROM :rows AS u",
                    "tenant bigint",
                    "note uuid",
                    "text text");

    private static final Write NOTE_CLAIM =
            new Write(
                    "note_claim",
                    Write.Stage.GUARD,
                    10,
                    "INSERT INTO note_claim (change, tenant, key) SELECT * FROM :rows AS u"
                            + " ON CONFLICT DO NOTHING RETURNING change",
                    "change uuid",
                    "tenant bigint",
                    "key text");

    private static final Write COUNTER =
            new Write(
                    "counter",
                    Write.Stage.GUARD,
                    20,
                    "UPDATE counter c SET version = u.version FROM :rows AS u"
                            + " WHERE c.tenant = u.tenant AND c.counter = u.counter"
                            + " AND c.version = u.version - 1 RETURNING u.change",
                    "change uuid",
                    "tenant bigint",
                    "counter uuid",
                    "version bigint");

    private static PostgresServer postgres;
    private static Database database;
    private static Journal journal;

    @BeforeAll
    static void start() throws Exception {
        postgres =
                Infra.postgres(Path.of("target", "it", "journal-" + ProcessHandle.current().pid()));
        postgres.database("journal");
        Migrations.run(config(postgres.port(), ""));
        postgres.admin(
                "journal",
                """
                CREATE TABLE note (tenant bigint, note uuid, text text CONSTRAINT no_bad_notes CHECK (text <> 'bad'),
                    PRIMARY KEY (tenant, note));
                CREATE FUNCTION remark() RETURNS trigger LANGUAGE plpgsql AS
                    $$ BEGIN RAISE WARNING 'something is odd'; RETURN NEW; END $$;
                CREATE TRIGGER odd_notes BEFORE INSERT ON note FOR EACH ROW WHEN (NEW.text = 'odd') EXECUTE FUNCTION remark();
                CREATE TABLE note_claim (tenant bigint, key text, change uuid, PRIMARY KEY (tenant, key));
                CREATE TABLE locked (tenant bigint, id uuid, PRIMARY KEY (tenant, id));
                CREATE TABLE counter (tenant bigint, counter uuid, version bigint, PRIMARY KEY (tenant, counter));
                GRANT ALL ON note, note_claim, counter TO %s"""
                        .formatted(PostgresServer.RUN_ROLE));
        database = new Database(config(postgres.port(), ""), 3);
        journal = journal(database, 10_000);
    }

    @AfterAll
    static void stop() throws Exception {
        journal.close(Duration.ofSeconds(5));
        database.close();
        postgres.close();
    }

    @Test
    void oneBadChangeFailsAloneAndNamesTheRuleItBroke() throws Exception {
        long tenant = newTenant();
        List<Callable<Commit>> changes = new ArrayList<>();
        for (int i = 0; i < 64; i++) {
            String text = i == 37 ? "bad" : "good";
            changes.add(() -> journal.commit(note(tenant, text, 1)));
        }

        List<Future<Commit>> results = allAtOnce(changes);

        for (int i = 0; i < 64; i++) {
            if (i == 37) {
                assertThatThrownBy(results.get(i)::get)
                        .cause()
                        .isInstanceOfSatisfying(
                                ChangeFailed.class,
                                failed ->
                                        assertThat(failed.constraint()).isEqualTo("no_bad_notes"));
            } else {
                assertThat(results.get(i).get()).isInstanceOf(Commit.Accepted.class);
            }
        }
        assertThat(count("SELECT count(*) FROM note WHERE tenant = " + tenant)).isEqualTo(63);
        assertLogIsWhole(tenant, 63);
    }

    @Test
    void aValueThatDoesNotFitItsColumnFailsAloneToo() throws Exception {
        long tenant = newTenant();
        List<Callable<Commit>> changes = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            Object text = i == 7 ? 7 : "good";
            changes.add(() -> journal.commit(note(tenant, text, 1)));
        }

        List<Future<Commit>> results = allAtOnce(changes);

        assertThatThrownBy(results.get(7)::get)
                .cause()
                .isInstanceOf(ChangeFailed.class)
                .hasRootCauseInstanceOf(ClassCastException.class);
        assertThat(count("SELECT count(*) FROM note WHERE tenant = " + tenant)).isEqualTo(15);
        assertLogIsWhole(tenant, 15);
    }

    @Test
    void manyChangesShareTransactions() throws Exception {
        long tenant = newTenant();
        long before = count("SELECT count(*) FROM journal_batch");
        List<Callable<Commit>> changes = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            changes.add(() -> journal.commit(note(tenant, "good", 1)));
        }

        allAtOnce(changes);

        assertThat(count("SELECT count(*) FROM journal_batch") - before).isLessThan(200);
        assertLogIsWhole(tenant, 1000);
    }

    /** On several servers, such a transaction would have to be committed on two of them. */
    @Test
    void whereTenantsAreApartNoTransactionHasTwoOfThem() throws Exception {
        try (Database own = new Database(config(postgres.port(), ""), 3)) {
            Journal apart = journal(own, 10_000, 1);
            long shared = transactionsOfSeveral(journal);
            long before = count("SELECT count(*) FROM journal_batch");
            long separate = transactionsOfSeveral(apart);
            // A tenant's changes are found behind those of others: 600 of them are not 600 batches.
            assertThat(count("SELECT count(*) FROM journal_batch") - before).isLessThan(200);
            boolean ignored = apart.close(Duration.ofSeconds(5));

            assertThat(shared).isPositive();
            assertThat(separate).isZero();
        }
    }

    /** They wait for one another; whoever else comes is written with the next of them. */
    @Test
    void manyChangesOfOneSubjectDoNotMakeTheLaneLookBehind() throws Exception {
        long tenant = newTenant();
        UUID counter = counter(tenant);
        try (Database narrow = new Database(config(postgres.port(), ""), 3);
                ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            Journal waiting = journal(narrow, 1_000);
            List<Callable<Commit>> first = new ArrayList<>();
            for (int i = 0; i < 500; i++) {
                first.add(() -> waiting.commit(note(tenant, "good", 1)));
            }
            // So that it knows how long a change takes.
            allAtOnce(first);
            List<Future<Commit>> results = new ArrayList<>();
            // Nobody can write while the connections are taken, so all of them wait together.
            try (Pool.Lease one = narrow.writer();
                    Pool.Lease two = narrow.writer();
                    Pool.Lease three = narrow.writer()) {
                assertThat(List.of(one, two, three)).doesNotContainNull();
                for (int version = 1; version <= 100; version++) {
                    Change change = count(tenant, counter, version);
                    results.add(callers.submit(() -> waiting.commit(change)));
                }
                until(() -> waiting.waiting() == 100);
            }
            until(() -> waiting.delay(tenant) == 0 && waiting.waiting() > 32);
            for (Future<Commit> result : results) {
                assertThat(result.get()).isNotNull();
            }
            assertThat(waiting.close(PATIENCE)).isTrue();
        }
    }

    /** How many transactions write changes of several tenants, of many that come at once. */
    private static long transactionsOfSeveral(Journal to) throws Exception {
        List<Long> tenants = IntStream.range(0, 20).mapToObj(i -> newTenantOf(0)).toList();
        List<Callable<Commit>> changes = new ArrayList<>();
        for (int i = 0; i < 600; i++) {
            long tenant = tenants.get(i % tenants.size());
            changes.add(() -> to.commit(note(tenant, "good", 1)));
        }
        allAtOnce(changes);
        for (long tenant : tenants) {
            assertLogIsWhole(tenant, 30);
        }
        return count(
                "SELECT count(*) FROM (SELECT FROM note WHERE tenant >= "
                        + tenants.getFirst()
                        + " GROUP BY xmin::text HAVING count(DISTINCT tenant) > 1) t");
    }

    @Test
    void sequenceIsCommitOrderWithTwoProcessesOnOneTenant() throws Exception {
        long tenant = newTenant();
        AtomicBoolean done = new AtomicBoolean();
        List<String> gaps = new ArrayList<>();
        Thread reader =
                Thread.ofVirtual()
                        .start(
                                () -> {
                                    while (!done.get()) {
                                        String seen =
                                                database.first(
                                                                "SELECT count(*), coalesce(max(seq), 0) FROM event WHERE tenant = ?",
                                                                row ->
                                                                        row.getLong(1)
                                                                                + "/"
                                                                                + row.getLong(2),
                                                                tenant)
                                                        .orElseThrow();
                                        String[] parts = seen.split("/", 2);
                                        if (!parts[0].equals(parts[1])) {
                                            gaps.add(seen);
                                        }
                                    }
                                });
        try (Database other = new Database(config(postgres.port(), ""), 3)) {
            Journal second = journal(other, 10_000);
            List<Callable<Commit>> changes = new ArrayList<>();
            for (int i = 0; i < 400; i++) {
                Journal one = i % 2 == 0 ? journal : second;
                int events = 1 + i % 3;
                changes.add(() -> one.commit(note(tenant, "good", events)));
            }

            for (Future<Commit> result : allAtOnce(changes)) {
                assertThat(result.get()).isInstanceOf(Commit.Accepted.class);
            }

            assertThat(second.close(PATIENCE)).isTrue();
        }
        done.set(true);
        reader.join();
        assertThat(gaps).isEmpty();
        assertLogIsWhole(tenant, 400 + 133 + 2 * 133);
    }

    @Test
    void oneOfManyWinsAClaimAndTheLosersWriteNothing() throws Exception {
        long tenant = newTenant();
        List<Callable<Commit>> changes = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            changes.add(() -> journal.commit(claim(tenant, "the key")));
        }

        long accepted = 0;
        for (Future<Commit> result : allAtOnce(changes)) {
            accepted += result.get() instanceof Commit.Accepted ? 1 : 0;
        }

        assertThat(accepted).isEqualTo(1);
        assertThat(count("SELECT count(*) FROM note WHERE tenant = " + tenant)).isEqualTo(1);
        assertLogIsWhole(tenant, 1);
    }

    @Test
    void aChangeThatIsAcceptedOnlyInPartWritesNothingAtAll() {
        long tenant = newTenant();
        UUID counter = counter(tenant);
        Change stale = claimAndCount(tenant, "stale", counter, 7);

        assertThat(journal.commit(stale)).isInstanceOf(Commit.Refused.class);

        assertThat(count("SELECT count(*) FROM note_claim WHERE tenant = " + tenant)).isZero();
        assertThat(journal.commit(claimAndCount(tenant, "stale", counter, 1)))
                .isInstanceOf(Commit.Accepted.class);
    }

    @Test
    void aChangeThatIsNotAcceptedIsNotBlamedForItsRows() throws Exception {
        long tenant = newTenant();
        assertThat(journal.commit(claim(tenant, "the key"))).isInstanceOf(Commit.Accepted.class);
        List<Callable<Commit>> changes = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            Object text = i % 2 == 0 ? "bad" : 7;
            changes.add(() -> journal.commit(claim(tenant, "the key", text)));
            changes.add(() -> journal.commit(note(tenant, "good", 1)));
        }

        List<Future<Commit>> results = allAtOnce(changes);

        for (int i = 0; i < results.size(); i++) {
            assertThat(results.get(i).get())
                    .isInstanceOf(i % 2 == 0 ? Commit.Refused.class : Commit.Accepted.class);
        }
        assertThat(count("SELECT count(*) FROM note WHERE tenant = " + tenant)).isEqualTo(21);
        assertLogIsWhole(tenant, 21);
    }

    @Test
    void aRowAtFaultThatIsSentTogetherWithCommitFailsAloneAndIsNotAskedAbout() throws Exception {
        long tenant = newTenant();
        long probed = askedAbout();
        List<Future<Commit>> results;
        try (Database fresh = new Database(config(postgres.port(), ""), 3)) {
            Journal hopeful = journal(fresh, 1000);
            List<Callable<Commit>> changes = new ArrayList<>();
            for (int i = 0; i < 16; i++) {
                String text = i == 5 ? "bad" : "good";
                changes.add(() -> hopeful.commit(lateNote(tenant, text)));
            }

            results = allAtOnce(changes);
            assertThat(hopeful.close(PATIENCE)).isTrue();
        }

        assertThatThrownBy(results.get(5)::get)
                .cause()
                .isInstanceOfSatisfying(
                        ChangeFailed.class,
                        failed -> assertThat(failed.constraint()).isEqualTo("no_bad_notes"));
        assertThat(count("SELECT count(*) FROM note WHERE tenant = " + tenant)).isEqualTo(15);
        assertThat(askedAbout()).isEqualTo(probed);
        assertLogIsWhole(tenant, 15);
    }

    @Test
    void aCommitThatComesWithAWarningIsAskedAboutAndWrittenOnce() {
        long tenant = newTenant();
        long asked = askedAbout();
        try (Database fresh = new Database(config(postgres.port(), ""), 3)) {
            // One that has met nothing yet that it would be careful about.
            Journal hopeful = journal(fresh, 1000);

            assertThat(hopeful.commit(lateNote(tenant, "odd"))).isInstanceOf(Commit.Accepted.class);
            assertThat(hopeful.commit(note(tenant, "good", 1))).isInstanceOf(Commit.Accepted.class);

            assertThat(hopeful.close(PATIENCE)).isTrue();
        }
        assertThat(askedAbout()).isEqualTo(asked + 1);
        assertThat(count("SELECT count(*) FROM note WHERE tenant = " + tenant)).isEqualTo(2);
        assertLogIsWhole(tenant, 2);
    }

    @Test
    void changesOfOneSubjectAreNeverInOneBatch() throws Exception {
        long tenant = newTenant();
        UUID counter = counter(tenant);
        try (Database narrow = new Database(config(postgres.port(), ""), 3);
                ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            Journal waiting = journal(narrow, 100);
            List<Future<Commit>> results = new ArrayList<>();
            // Nobody can write while the connections are taken, so all of them wait together.
            try (Pool.Lease one = narrow.writer();
                    Pool.Lease two = narrow.writer();
                    Pool.Lease three = narrow.writer()) {
                assertThat(List.of(one, two, three)).doesNotContainNull();
                for (int version = 1; version <= 20; version++) {
                    Change change = count(tenant, counter, version);
                    int queued = version;
                    results.add(callers.submit(() -> waiting.commit(change)));
                    until(() -> waiting.waiting() == queued);
                }
            }

            for (Future<Commit> result : results) {
                assertThat(result.get()).isInstanceOf(Commit.Accepted.class);
            }
            assertThat(waiting.close(PATIENCE)).isTrue();
        }
        assertThat(count("SELECT version FROM counter WHERE tenant = " + tenant)).isEqualTo(20);
    }

    @Test
    void twoProcessesThatTouchTheSameRowsInAnyOrderNeverFailForIt() throws Exception {
        long seed = System.nanoTime();
        System.out.println("twoProcessesThatTouchTheSameRows seed " + seed);
        Random random = new Random(seed);
        List<Long> tenants = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            tenants.add(newTenant());
        }
        try (Database other = new Database(config(postgres.port(), ""), 3)) {
            Journal second = journal(other, 10_000);
            List<Callable<Commit>> changes = new ArrayList<>();
            for (int i = 0; i < 600; i++) {
                Journal one = random.nextBoolean() ? journal : second;
                long tenant = tenants.get(random.nextInt(tenants.size()));
                String key = "k" + random.nextInt(40);
                changes.add(() -> one.commit(claim(tenant, key)));
            }

            for (Future<Commit> result : allAtOnce(changes)) {
                assertThat(result.get()).isNotInstanceOf(Commit.Withdrawn.class);
            }

            assertThat(second.close(PATIENCE)).isTrue();
        }
        for (long tenant : tenants) {
            long claims = count("SELECT count(*) FROM note_claim WHERE tenant = " + tenant);
            assertThat(count("SELECT count(*) FROM note WHERE tenant = " + tenant))
                    .isEqualTo(claims);
            assertLogIsWhole(tenant, claims);
        }
    }

    @Test
    void aFullQueueRefusesAtOnceAndAQueuedFirstCommitCanBeWithdrawn() throws Exception {
        long tenant = newTenant();
        try (Database narrow = new Database(config(postgres.port(), ""), 3);
                Pool.Lease blocking = narrow.writer();
                ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            Connection blocker = blocking.connection();
            blocker.setAutoCommit(false);
            blocker.createStatement()
                    .execute("SELECT 1 FROM tenant_head WHERE tenant = " + tenant + " FOR UPDATE");
            Journal small = journal(narrow, 3);
            // The first waits for the head; two more fill the lane.
            Future<Commit> running = callers.submit(() -> small.commit(note(tenant, "first", 1)));
            until(() -> small.waiting() == 1);
            Change second = note(tenant, "second", 1);
            Future<Commit> queued = callers.submit(() -> small.commit(second));
            until(() -> small.waiting() == 2);

            assertThat(small.commit(note(tenant, "third", 1), Duration.ofMillis(100)))
                    .isInstanceOf(Commit.Withdrawn.class);
            assertRefusedWhenFull(callers, small, tenant);

            blocker.rollback();
            assertThat(running.get()).isInstanceOf(Commit.Accepted.class);
            assertThat(queued.get()).isInstanceOf(Commit.Accepted.class);
            assertThat(small.close(PATIENCE)).isTrue();
        }
    }

    @Test
    void aTenantWhoseHeadIsHeldDelaysNobodyElseInItsLane() throws Exception {
        long held = newTenant();
        long neighbour = newTenantOf(1 - Journal.lane(held, 2));
        long other = newTenantOf(Journal.lane(held, 2));
        try (Database narrow = new Database(config(postgres.port(), ""), 4);
                Pool.Lease blocking = narrow.writer();
                ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            Connection blocker = blocking.connection();
            blocker.createStatement().execute("SET idle_in_transaction_session_timeout = 0");
            blocker.setAutoCommit(false);
            blocker.createStatement()
                    .execute("SELECT 1 FROM tenant_head WHERE tenant = " + held + " FOR UPDATE");
            List<Future<Commit>> stuck = new ArrayList<>();
            List<Callable<Commit>> free = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                stuck.add(callers.submit(() -> journal.commit(note(held, "held", 1))));
                free.add(() -> journal.commit(note(other, "free", 1)));
                free.add(() -> journal.commit(note(neighbour, "free", 1)));
            }
            for (int round = 1; round <= 3; round++) {
                for (Future<Commit> commit : allAtOnce(free)) {
                    assertThat(commit.get()).isInstanceOf(Commit.Accepted.class);
                }
                assertThat(stuck).noneMatch(Future::isDone);
                assertLogIsWhole(other, 20L * round);
            }

            blocker.rollback();

            for (Future<Commit> commit : stuck) {
                assertThat(commit.get()).isInstanceOf(Commit.Accepted.class);
            }
            assertLogIsWhole(held, 20);
        }
    }

    @Test
    void aStatementThatTheDatabaseRefusesStopsNoOtherChangeOfItsTenant() throws Exception {
        long tenant = newTenant();
        try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            Change refused = locked(tenant);
            Future<Commit> waiting = callers.submit(() -> journal.commit(refused));
            Change first = locked(tenant);
            assertThat(journal.commit(first, Duration.ofMillis(300)))
                    .isInstanceOf(Commit.Withdrawn.class);
            for (int i = 0; i < 10; i++) {
                assertThat(journal.commit(note(tenant, "goes on", 1), PATIENCE))
                        .isInstanceOf(Commit.Accepted.class);
            }
            assertThat(waiting.isDone()).isFalse();

            postgres.admin("journal", "GRANT ALL ON locked TO " + PostgresServer.RUN_ROLE);

            assertThat(waiting.get()).isInstanceOf(Commit.Accepted.class);
            assertThat(count("SELECT count(*) FROM locked")).isEqualTo(1);
            assertLogIsWhole(tenant, 10);
        }
    }

    /** A change of a table that the role may not write to yet. */
    private static Change locked(long tenant) {
        UUID id = UUID.randomUUID();
        Write write =
                new Write(
                        "locked",
                        Write.Stage.ROW,
                        35,
                        "INSERT INTO locked (tenant, id) SELECT * FROM :rows AS u",
                        "tenant bigint",
                        "id uuid");
        return new Change(
                id, tenant, id, List.of(Row.of(write, tenant + "/" + id, tenant, id)), List.of());
    }

    private static void assertRefusedWhenFull(ExecutorService callers, Journal small, long tenant)
            throws Exception {
        int refused = 0;
        List<Future<Commit>> more = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            more.add(
                    callers.submit(
                            () -> small.commit(note(tenant, "more", 1), Duration.ofMillis(200))));
        }
        for (Future<Commit> one : more) {
            try {
                one.get();
            } catch (ExecutionException e) {
                assertThat(e.getCause()).isInstanceOf(JournalFull.class);
                refused++;
            }
        }
        assertThat(refused).isPositive();
    }

    @Test
    void anInterruptedCallerStillLearnsWhatBecameOfHisChange() throws Exception {
        long tenant = newTenant();
        try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<Boolean> interrupted =
                    callers.submit(
                            () -> {
                                Thread.currentThread().interrupt();
                                Commit commit = journal.commit(note(tenant, "good", 1));
                                assertThat(commit).isInstanceOf(Commit.Accepted.class);
                                return Thread.currentThread().isInterrupted();
                            });

            assertThat(interrupted.get()).isTrue();
        }
        assertLogIsWhole(tenant, 1);
    }

    @Test
    void aCommitWhoseAnswerWasLostIsWrittenOnce() throws Exception {
        assertWrittenOnce(CommitCutter.Cut.AFTER_COMMIT);
    }

    @Test
    void aCommitThatNeverArrivedIsWrittenOnce() throws Exception {
        assertWrittenOnce(CommitCutter.Cut.BEFORE_COMMIT);
    }

    private static void assertWrittenOnce(CommitCutter.Cut where) throws Exception {
        long tenant = newTenant();
        try (CommitCutter cutter = new CommitCutter(postgres.port());
                // Without prepared statements the word COMMIT is on the wire each time.
                // One connection for all lanes: who asks what became of a COMMIT must not hold one
                // meanwhile.
                Database fragile = new Database(config(cutter.port(), "?prepareThreshold=0"), 1)) {
            Journal cut = journal(fragile, 1000);
            assertThat(cut.commit(note(tenant, "before", 1))).isInstanceOf(Commit.Accepted.class);
            for (int round = 0; round < 5; round++) {
                cutter.cutNext(where);
                List<Callable<Commit>> changes = new ArrayList<>();
                for (int i = 0; i < 20; i++) {
                    changes.add(() -> cut.commit(note(tenant, "good", 1)));
                }
                for (Future<Commit> result : allAtOnce(changes)) {
                    assertThat(result.get()).isInstanceOf(Commit.Accepted.class);
                }
            }

            assertThat(cutter.cuts()).isEqualTo(5);
            assertThat(cut.close(PATIENCE)).isTrue();
        }
        assertThat(count("SELECT count(*) FROM note WHERE tenant = " + tenant)).isEqualTo(101);
        assertLogIsWhole(tenant, 101);
    }

    @Test
    void aDatabaseThatCrashesInTheMiddleLosesNothingAndDoublesNothing() throws Exception {
        long tenant = newTenant();
        AtomicBoolean stop = new AtomicBoolean();
        AtomicLong accepted = new AtomicLong();
        try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 50; i++) {
                var ignored =
                        callers.submit(
                                () -> {
                                    while (!stop.get()) {
                                        Commit commit = journal.commit(note(tenant, "good", 1));
                                        assertThat(commit).isInstanceOf(Commit.Accepted.class);
                                        accepted.incrementAndGet();
                                    }
                                    return null;
                                });
            }
            for (int crash = 0; crash < 2; crash++) {
                long before = accepted.get();
                until(() -> accepted.get() > before + 200);
                postgres.crash();
                postgres.restart();
            }
            long before = accepted.get();
            until(() -> accepted.get() > before + 100);
            stop.set(true);
        }

        assertThat(count("SELECT count(*) FROM note WHERE tenant = " + tenant))
                .isEqualTo(accepted.get());
        assertLogIsWhole(tenant, accepted.get());
    }

    @Test
    void theRoleThatRunsCannotChangeOrRemovePostingsAndEvents() {
        for (String sql :
                List.of(
                        "UPDATE event SET type = 'x'",
                        "DELETE FROM event",
                        "TRUNCATE event",
                        "UPDATE posting SET amount = 1",
                        "DELETE FROM posting",
                        "DELETE FROM payment",
                        "DROP TABLE payment",
                        "ALTER TABLE payment DROP CONSTRAINT refund_within_capture",
                        "UPDATE evidence SET said = '{}'")) {
            assertThatThrownBy(() -> database.execute(sql))
                    .as(sql)
                    .isInstanceOfSatisfying(
                            StoreException.class, e -> assertThat(e.state()).isEqualTo("42501"));
        }
    }

    @Test
    void theDatabaseItselfHoldsTheMoneyRules() {
        String payment =
                """
                INSERT INTO payment (tenant, payment, status, amount, currency, authorized, captured, refunded,
                    pending_capture, pending_refund, capture_method, bank, card_brand, card_first6, card_last4,
                    card_exp_month, card_exp_year, card_hash, created_at, updated_at, version)
                VALUES (1, gen_random_uuid(), 'captured', 100, 'UZS', %s, 'automatic', 'alpha', 'visa', '424242', '4242',
                    12, 2030, sha256('x'), now(), now(), 1)""";
        assertThatThrownBy(() -> database.execute(payment.formatted("100, 90, 0, 20, 0")))
                .isInstanceOfSatisfying(
                        StoreException.class,
                        e -> assertThat(e.constraint()).isEqualTo("capture_within_authorization"));
        assertThatThrownBy(() -> database.execute(payment.formatted("100, 60, 40, 0, 30")))
                .isInstanceOfSatisfying(
                        StoreException.class,
                        e -> assertThat(e.constraint()).isEqualTo("refund_within_capture"));
        String posting =
                "INSERT INTO posting (tenant, posting, payment, operation, kind, debit, credit, amount, currency) VALUES (1,"
                        + " gen_random_uuid(), gen_random_uuid(), '00000000-0000-0000-0000-000000000001', 'capture', %s, 'UZS')";
        assertThatThrownBy(() -> database.execute(posting.formatted("'a', 'a', 5")))
                .isInstanceOfSatisfying(
                        StoreException.class,
                        e -> assertThat(e.constraint()).isEqualTo("two_accounts"));
        assertThatThrownBy(() -> database.execute(posting.formatted("'a', 'b', 0")))
                .isInstanceOf(StoreException.class);
        assertThat(database.execute(posting.formatted("'a', 'b', 5"))).isEqualTo(1);
        assertThatThrownBy(() -> database.execute(posting.formatted("'a', 'b', 5")))
                .isInstanceOfSatisfying(
                        StoreException.class,
                        e -> assertThat(e.constraint()).isEqualTo("posting_once"));
    }

    @Test
    void aPlanThatWasMadeWhileATableWasEmptyIsNotKept() throws Exception {
        try (Database fresh = new Database(config(postgres.port(), ""), 1);
                Database other = new Database(config(postgres.port(), ""), 1)) {
            postgres.admin(
                    "journal", "CREATE TABLE grown (a bigint, b bigint, PRIMARY KEY (a, b))");
            postgres.admin("journal", "GRANT SELECT, INSERT ON grown TO oqim_run");
            String find = "EXPLAIN EXECUTE find (1)";
            try (Pool.Lease lease = fresh.writer()) {
                lease.connection()
                        .createStatement()
                        .execute("PREPARE find (bigint) AS SELECT b FROM grown WHERE a = $1");
            }
            assertThat(costOf(fresh, find)).isLessThan(50);
            int ignored =
                    other.execute(
                            "INSERT INTO grown SELECT 1, n FROM generate_series(1, 100000) n");
            // The same session sees by itself how large the table has become.
            var planned = Until.is(() -> costOf(fresh, find), cost -> cost > 100);
            assertThat(planned).isGreaterThan(100);
        }
    }

    /** What the planner thinks that it costs. */
    private static double costOf(Database database, String explain) {
        try (Pool.Lease lease = database.writer();
                ResultSet rows = lease.connection().createStatement().executeQuery(explain)) {
            rows.next();
            return Double.parseDouble(
                    rows.getString(1).replaceAll(".*\\.\\.([0-9.]+) rows.*", "$1"));
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    // What the tests are made of.

    private static DatabaseConfig config(int port, String parameters) {
        return new DatabaseConfig(
                "jdbc:postgresql://127.0.0.1:" + port + "/journal" + parameters,
                "",
                1,
                Duration.ofSeconds(5),
                PostgresServer.RUN_ROLE,
                new Secret(PostgresServer.PASSWORD),
                PostgresServer.MIGRATE_ROLE,
                new Secret(PostgresServer.PASSWORD),
                8,
                Duration.ofSeconds(2),
                Duration.ofSeconds(5),
                Duration.ofMillis(500),
                Duration.ofSeconds(1),
                Duration.ofSeconds(5),
                Duration.ofMillis(200),
                10);
    }

    private static Journal journal(Database on, int capacity) {
        return journal(on, capacity, 2_000);
    }

    private static Journal journal(Database on, int capacity, int tenantsPerBatch) {
        JournalConfig config =
                new JournalConfig(
                        2,
                        1,
                        128,
                        tenantsPerBatch,
                        Duration.ofSeconds(2),
                        Duration.ofSeconds(1),
                        Duration.ofMillis(10),
                        Duration.ofMillis(20));
        return new Journal(
                on, new EventSequencer(), config, capacity, new SimpleMeterRegistry(), log -> {});
    }

    private static long newTenant() {
        long tenant = TENANTS.incrementAndGet();
        database.execute(
                "INSERT INTO tenant_head (tenant, seq, hash, created) VALUES (?, 0, decode(repeat('00', 32), 'hex'), now())",
                tenant);
        return tenant;
    }

    /** One whose changes are written by this one of two lanes. */
    private static long newTenantOf(int lane) {
        long tenant = newTenant();
        while (Journal.lane(tenant, 2) != lane) {
            tenant = newTenant();
        }
        return tenant;
    }

    private static UUID counter(long tenant) {
        UUID counter = UUID.randomUUID();
        database.execute("INSERT INTO counter VALUES (?, ?, 0)", tenant, counter);
        return counter;
    }

    private static List<Change.Draft> drafts(int count, UUID subject) {
        List<Change.Draft> drafts = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            drafts.add(
                    EventBody.draft(
                            "payment.created",
                            subject,
                            subject,
                            "{}".getBytes(StandardCharsets.UTF_8)));
        }
        return drafts;
    }

    private static Change note(long tenant, Object text, int events) {
        UUID id = UUID.randomUUID();
        return new Change(
                id,
                tenant,
                id,
                List.of(Row.of(NOTE, tenant + "/" + id, tenant, id, text)),
                drafts(events, id));
    }

    /** Its row goes with the events. */
    private static Change lateNote(long tenant, String text) {
        UUID id = UUID.randomUUID();
        return new Change(
                id,
                tenant,
                id,
                List.of(Row.of(LATE_NOTE, tenant + "/" + id, tenant, id, text)),
                drafts(1, id));
    }

    private static Change claim(long tenant, String key) {
        return claim(tenant, key, "claimed");
    }

    private static Change claim(long tenant, String key, Object text) {
        UUID id = UUID.randomUUID();
        return new Change(
                id,
                tenant,
                id,
                List.of(
                        Row.of(NOTE_CLAIM, tenant + "/" + key, id, tenant, key),
                        Row.of(NOTE, tenant + "/" + id, tenant, id, text)),
                drafts(1, id));
    }

    private static Change count(long tenant, UUID counter, long version) {
        UUID id = UUID.randomUUID();
        return new Change(
                id,
                tenant,
                counter,
                List.of(Row.of(COUNTER, tenant + "/" + counter, id, tenant, counter, version)),
                List.of());
    }

    private static Change claimAndCount(long tenant, String key, UUID counter, long version) {
        UUID id = UUID.randomUUID();
        return new Change(
                id,
                tenant,
                counter,
                List.of(
                        Row.of(NOTE_CLAIM, tenant + "/" + key, id, tenant, key),
                        Row.of(COUNTER, tenant + "/" + counter, id, tenant, counter, version)),
                List.of());
    }

    private static List<Future<Commit>> allAtOnce(List<Callable<Commit>> changes)
            throws InterruptedException {
        try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            return callers.invokeAll(changes);
        }
    }

    /** Batches whose COMMIT was in doubt. */
    private static long askedAbout() {
        return count("SELECT count(*) FROM journal_batch WHERE by_probe OR probes > 0");
    }

    private static long count(String sql) {
        return database.first(sql, row -> row.getLong(1)).orElseThrow();
    }

    private record Link(long seq, Instant created, byte[] body, byte[] previous, byte[] hash) {}

    /**
     * Sequences 1 to {@code events} without a gap, each chained to the one before, time never going
     * back.
     */
    private static void assertLogIsWhole(long tenant, long events) {
        List<Link> log =
                database.query(
                        "SELECT seq, created, body, prev_hash, hash FROM event WHERE tenant = ? ORDER BY seq",
                        row ->
                                new Link(
                                        row.getLong(1),
                                        row.getObject(2, java.time.OffsetDateTime.class)
                                                .toInstant(),
                                        row.getBytes(3),
                                        row.getBytes(4),
                                        row.getBytes(5)),
                        tenant);
        assertThat(log).hasSize((int) events);
        byte[] previous = new byte[32];
        Instant last = Instant.MIN;
        long seq = 0;
        EventSequencer sequencer = new EventSequencer();
        for (Link link : log) {
            assertThat(link.seq()).isEqualTo(++seq);
            assertThat(Arrays.equals(link.previous(), previous)).isTrue();
            byte[] hash =
                    sequencer.link(
                            previous,
                            seq,
                            link.created(),
                            io.oqim.crypto.Hashes.sha256(link.body()));
            assertThat(Arrays.equals(hash, link.hash())).isTrue();
            assertThat(link.created()).isAfterOrEqualTo(last);
            previous = link.hash();
            last = link.created();
        }
    }

    private static void until(java.util.function.BooleanSupplier condition) {
        long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("60 s are over").isLessThan(end);
            java.util.concurrent.locks.LockSupport.parkNanos(5_000_000);
        }
    }
}
