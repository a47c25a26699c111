package io.oqim;

import static org.assertj.core.api.Assertions.assertThat;

import io.oqim.dev.OqimProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The audit finds nothing where all is well, and each thing that is wrong. */
class AuditIT {
    /** What is damaged, and put back as it was after each test. */
    private static final List<String> TABLES =
            List.of(
                    "payment",
                    "operation",
                    "attempt",
                    "posting",
                    "ledger_balance",
                    "maturing",
                    "event",
                    "tenant_head");

    private static Rig rig;
    private static String payment;

    @BeforeAll
    static void start() throws Exception {
        rig = Rig.start();
        payment =
                rig.api()
                        .pay(
                                UUID.randomUUID().toString(),
                                Api.payment(5_000, Api.CARD, ",\"capture_method\":\"manual\""))
                        .text("id");
        operate("captures", "{\"amount\":3000}");
        operate("refunds", "{\"amount\":1000}");
        operate("cancel", "{}");
        Api.Answer doubtful = rig.api().pay(1_230_068);
        rig.api().pay(1_230_005);
        Api.Answer lost = rig.api().pay(1_230_070);
        Until.is(
                () -> rig.api().get("/v1/payments/" + lost.text("id")).text("status"),
                status -> status.equals("failed"));
        Until.is(
                () -> rig.api().get("/v1/payments/" + doubtful.text("id")).text("status"),
                status -> status.equals("captured"));
        forEach("CREATE TABLE whole_%1$s AS TABLE %1$s");
    }

    @AfterAll
    static void stop() {
        rig.close();
    }

    @AfterEach
    void putBack() throws Exception {
        forEach("DELETE FROM %1$s; INSERT INTO %1$s SELECT * FROM whole_%1$s");
    }

    private static void forEach(String sql) throws Exception {
        String all = TABLES.stream().map(sql::formatted).collect(Collectors.joining("; "));
        rig.postgres().admin(rig.databaseName(), all);
    }

    @Test
    void whereAllIsWellThereAreNoDifferences() {
        assertThat(audit()).containsExactly("audit: no differences");
    }

    @Test
    void aBankWithoutAJournalIsSaidNotToBeCompared() {
        List<String> lines = new ArrayList<>();
        long differences =
                new Audit(rig.config(Map.of("banks.alpha.journal-url", "")), lines::add).run();

        assertThat(differences).isZero();
        assertThat(lines.getFirst()).contains("bank alpha has no journal-url");
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    UPDATE payment SET captured = captured - 1 WHERE captured = 3000          | its operations say
                    UPDATE payment SET pending_refund = 1 WHERE captured = 3000               | kept 0 to capture, 0 to release, 1 to refund
                    DELETE FROM posting WHERE kind = 'refund'                                 | posted are 3000, 0, 0 and 0
                    UPDATE payment SET fee = 1 WHERE captured = 3000                          | fees of 1 and 0 back
                    UPDATE maturing SET amount = amount + 1                                   | becomes available
                    DELETE FROM maturing                                                      | 0 becomes available
                    UPDATE ledger_balance SET reserved = 1 WHERE account LIKE '%available'    | refunds under way need 0
                    UPDATE posting SET amount = amount + 1 WHERE kind = 'refund'              | its balance has
                    UPDATE ledger_balance SET debits = debits + 1 WHERE account LIKE 'bank%'  | its postings
                    DELETE FROM event WHERE seq = 3                                           | event 4 comes after 2
                    UPDATE event SET body = set_byte(body, 3, 65) WHERE seq = 3               | does not have the hash of what it says
                    UPDATE event SET prev_hash = hash WHERE seq = 3                           | is not chained to the one before
                    UPDATE tenant_head SET seq = seq + 1                                      | the log's head is
                    UPDATE attempt SET state = 'declined' WHERE reference = (SELECT a.reference FROM attempt a JOIN operation o USING (operation) WHERE o.kind = 'refund') | the bank says credit
                    UPDATE attempt SET state = 'approved' WHERE state = 'declined'            | the bank says none
                    UPDATE attempt SET state = 'approved' WHERE state = 'reversed'            | the bank says none
                    UPDATE operation SET status = 'failed' WHERE kind = 'void'                | its attempts are approved
                    UPDATE attempt SET next_check_at = now() WHERE state = 'approved'         | its attempts are approved
                    DELETE FROM ledger_balance WHERE account LIKE 'bank%'                     | its balance has debits 0
                    UPDATE operation SET amount = 999 WHERE kind = 'void'                     | is of 999 UZS; bank alpha says 2000 UZS
                    DELETE FROM attempt WHERE reference = (SELECT a.reference FROM attempt a JOIN operation o USING (operation) WHERE o.kind = 'capture') | which is unknown here
                    """)
    void whatIsWrongIsFound(String damage, String finding) throws Exception {
        rig.postgres()
                .admin(
                        rig.databaseName(),
                        "ALTER TABLE payment DISABLE TRIGGER ALL; UPDATE attempt SET updated_at = now() - interval '1 hour'; "
                                + damage);

        List<String> lines = audit();

        assertThat(lines).anySatisfy(line -> assertThat(line).contains(finding));
        assertThat(lines.getLast()).startsWith("audit: differences found: ");
    }

    @Test
    void theCommandPrintsWhatItFindsAndEndsWithThree() throws Exception {
        rig.postgres()
                .admin(rig.databaseName(), "UPDATE tenant_head SET seq = seq + 1 WHERE seq > 0");
        Path log = Files.createTempFile("audit", ".log");
        Process audit = OqimProcess.start("audit", rig.environment(), List.of("-Xmx256m"), log);

        assertThat(audit.waitFor(60, TimeUnit.SECONDS)).isTrue();

        assertThat(audit.exitValue()).isEqualTo(3);
        assertThat(Files.readString(log)).contains("the log's head is", "differences found: 1");
        Files.delete(log);
    }

    private List<String> audit() {
        List<String> lines = new ArrayList<>();
        long differences = new Audit(rig.config(), lines::add).run();
        assertThat(lines.getLast().equals("audit: no differences")).isEqualTo(differences == 0);
        return lines;
    }

    private static void operate(String path, String body) {
        Api.Answer answer =
                rig.api()
                        .post(
                                "/v1/payments/" + payment + "/" + path,
                                body,
                                Map.of("Idempotency-Key", UUID.randomUUID().toString()));
        assertThat(answer.status()).as(answer.body()).isEqualTo(201);
    }
}
