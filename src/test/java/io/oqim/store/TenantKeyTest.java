package io.oqim.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.oqim.store.Statements.Known;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Each statement says of which tenant the rows are that it looks at, so that tenants can be spread
 * over servers (docs/scaling.md).
 */
class TenantKeyTest {
    /**
     * Statements that do not: none is in the way of a payment, and each can be asked of every
     * server by itself.
     */
    private static final List<Known> KNOWN =
            List.of(
                    new Known("AuditStore", "", "looks at everything, once a night"),
                    new Known("CheckpointStore", "JOIN LATERAL", "which logs have grown"),
                    new Known("DataKeyStore", "DISTINCT ON (kek)", "one of each, at the start"),
                    new Known("DataKeyStore", "> (?, ?)", "what rewrap has to do"),
                    new Known("DeliveryStore", "SELECT count(*)", "how much is left to do"),
                    new Known("DisputeAuditStore", "", "looks at everything, once a night"),
                    new Known("DisputeNewsStore", "FROM attempt a", "a bank names no tenant"),
                    new Known(
                            "DisputeStore",
                            "d.bank = ? AND d.bank_dispute = ?",
                            "a bank names no tenant"),
                    new Known("DisputeStore", "SELECT count(*)", "how much is left to do"),
                    new Known("DisputeStore", "FROM dispute d$", "begins statements"),
                    new Known("DisputeStore", "FROM dispute_file f$", "begins statements"),
                    new Known("DisputeStore", "FROM dispute d <<>>", "begins with d.tenant = ?"),
                    new Known("DisputeStore", "respond_by <= now()", "what is overdue"),
                    new Known("DisputeStore", "SKIP LOCKED", "what a worker has to send"),
                    new Known("DueStore", "SKIP LOCKED", "what a worker has to do"),
                    new Known("DueStore", "a.unsettled IS NOT NULL", "the operator's queue"),
                    new Known("DueStore", "WHERE bank = ?", "a bank that is back"),
                    new Known("DueStore", "SELECT (SELECT count(*)", "how much is left to do"),
                    new Known("EndpointStore", "SELECT DISTINCT tenant", "whom a worker serves"),
                    new Known("LedgerStore", "due_at <= now()", "what becomes available"),
                    new Known("LedgerStore", "FROM posting <<>>", "begins with tenant = ?"),
                    new Known("OperationStore", "ON t.tenant = a.tenant$", "begins statements"),
                    new Known("PaymentStore", "authorized_until <= now()", "what has expired"),
                    new Known("PaymentStore", "<<>><<>>", "begins with p.tenant = ?"),
                    new Known(
                            "TokenStore", "t.status = 'pending'", "cards of payments that ended"));

    private static final Pattern TABLE =
            Pattern.compile(
                    "\\b(FROM|JOIN|UPDATE|INTO|USING)\\s+(?:ONLY\\s+)?([a-z_]+)\\b(?:\\s+(?:AS\\s+)?(?!SET\\b|ON\\b|WHERE\\b|USING\\b|JOIN\\b|ORDER\\b|LIMIT\\b|GROUP\\b|CROSS\\b|LEFT\\b|FULL\\b|FOR\\b|SELECT\\b|UNION\\b|RETURNING\\b|VALUES\\b)([a-z_]+))?");

    /** Where the tenant comes from: a parameter, or the rows of a batch. */
    private static final Pattern ANCHOR =
            Pattern.compile("\\btenant = (\\?|ANY \\(\\?)|:rows|unnest\\(|VALUES \\(\\?");

    private static List<Statements.Statement> all;

    @BeforeAll
    static void read() throws IOException {
        all = Statements.of(Path.of("src", "main", "java"));
    }

    @Test
    void theProgramsStatementsAreFound() {
        assertThat(all).hasSizeGreaterThan(120);
        assertThat(all)
                .anyMatch(statement -> statement.sql().startsWith("INSERT INTO payment (tenant"));
    }

    @Test
    void eachStatementSaysOfWhichTenantItsRowsAre() {
        assertThat(unbound())
                .noneMatch(statement -> KNOWN.stream().noneMatch(known -> known.is(statement)));
    }

    @Test
    void whatNeedNotSayItIsStillThere() {
        assertThat(KNOWN).allMatch(known -> unbound().anyMatch(known::is));
    }

    private static Stream<Statements.Statement> unbound() {
        return all.stream().filter(statement -> !unbound(statement.sql()).isEmpty());
    }

    @Test
    void oneThatDoesNotIsFound() {
        assertThat(unbound("SELECT 1 FROM payment p WHERE p.payment = ?"))
                .containsExactly("payment");
        assertThat(unbound("SELECT 1 FROM payment WHERE tenant = ? AND payment = ?")).isEmpty();
        assertThat(
                        unbound(
                                "SELECT 1 FROM operation o JOIN attempt a ON a.operation = o.operation WHERE o.tenant = ?"))
                .containsExactly("attempt");
        assertThat(unbound("INSERT INTO posting (posting, amount) SELECT * FROM :rows AS u"))
                .containsExactly("posting");
        assertThat(
                        unbound(
                                "UPDATE payment p SET status = ? FROM due WHERE p.payment = due.payment"))
                .containsExactly("payment");
    }

    /** The tables of one statement whose rows may be of any tenant. */
    private static List<String> unbound(String sql) {
        boolean anchored = ANCHOR.matcher(sql).find();
        List<String> unbound = new ArrayList<>();
        Matcher table = TABLE.matcher(sql);
        while (table.find()) {
            String name = table.group(2);
            String alias = table.group(3) == null ? name : table.group(3);
            if (Distribution.BY_TENANT.contains(name)
                    && !(anchored && isBound(sql, table.group(1), name, alias))) {
                unbound.add(name);
            }
        }
        return unbound;
    }

    private static boolean isBound(String sql, String word, String name, String alias) {
        if (word.equals("INTO")) {
            return sql.matches(".*INTO " + name + " (AS [a-z]+ )?\\([^)]*\\btenant\\b.*");
        }
        String of = "\\b" + alias + "\\.tenant\\b";
        return sql.matches(
                ".*("
                        + of
                        + " = |= "
                        + of
                        + "|(?<!\\.)\\btenant = (\\?|ANY \\(\\?\\))|USING \\(tenant\\b).*");
    }
}
