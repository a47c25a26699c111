package io.oqim.bench.spring;

import java.time.ZoneOffset;
import java.util.List;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.support.TransactionTemplate;

@Repository
class Payments {
    private final JdbcClient jdbc;
    private final JdbcTemplate template;
    private final TransactionTemplate transaction;

    /** A key that is taken; no status and no body as long as there is no response. */
    record Claim(byte[] fingerprint, Integer status, String body) {}

    Payments(JdbcClient jdbc, JdbcTemplate template, TransactionTemplate transaction) {
        this.jdbc = jdbc;
        this.template = template;
        this.transaction = transaction;
    }

    /** False if the key is taken. */
    boolean begin(long tenant, String key, byte[] fingerprint, Payment payment) {
        return transaction.execute(
                _ -> {
                    int claimed =
                            jdbc.sql(
                                            """
                                            INSERT INTO claim (tenant, key, fingerprint, payment)
                                            VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING
                                            """)
                                    .params(tenant, key, fingerprint, payment.id())
                                    .update();
                    if (claimed == 0) {
                        return false;
                    }
                    Payment.Card card = payment.paymentMethod().card();
                    jdbc.sql(
                                    """
                                    INSERT INTO payment (tenant, id, status, amount, currency,
                                        reference, first6, last4, created, updated)
                                    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                                    """)
                            .params(
                                    tenant,
                                    payment.id(),
                                    payment.status(),
                                    payment.amount(),
                                    payment.currency(),
                                    payment.reference(),
                                    card.first6(),
                                    card.last4(),
                                    payment.created().atOffset(ZoneOffset.UTC),
                                    payment.updated().atOffset(ZoneOffset.UTC))
                            .update();
                    return true;
                });
    }

    Claim claim(long tenant, String key) {
        return jdbc.sql(
                        """
                        SELECT fingerprint, status, body
                        FROM claim LEFT JOIN stored_response USING (tenant, key)
                        WHERE tenant = ? AND key = ?
                        """)
                .params(tenant, key)
                .query(
                        (row, _) ->
                                new Claim(
                                        row.getBytes(1),
                                        row.getObject(2, Integer.class),
                                        row.getString(3)))
                .single();
    }

    void capture(long tenant, String key, Payment payment, int status, String body) {
        transaction.executeWithoutResult(
                _ -> {
                    jdbc.sql(
                                    """
                                    UPDATE payment
                                    SET status = ?, bank_reference = ?, auth_code = ?, updated = ?
                                    WHERE tenant = ? AND id = ?
                                    """)
                            .params(
                                    payment.status(),
                                    payment.bankReference(),
                                    payment.authCode(),
                                    payment.updated().atOffset(ZoneOffset.UTC),
                                    tenant,
                                    payment.id())
                            .update();
                    template.batchUpdate(
                            """
                            INSERT INTO posting (tenant, payment, debit, credit, amount, currency)
                            VALUES (?, ?, ?, ?, ?, ?)
                            """,
                            List.of(
                                    posting(
                                            tenant,
                                            payment,
                                            "receivable",
                                            "merchant",
                                            payment.amount()),
                                    posting(tenant, payment, "merchant", "fees", payment.fee())));
                    jdbc.sql("INSERT INTO event (tenant, payment, type, body) VALUES (?, ?, ?, ?)")
                            .params(tenant, payment.id(), "payment.captured", body)
                            .update();
                    jdbc.sql(
                                    """
                                    INSERT INTO stored_response (tenant, key, status, body)
                                    VALUES (?, ?, ?, ?)
                                    """)
                            .params(tenant, key, status, body)
                            .update();
                });
    }

    private static Object[] posting(
            long tenant, Payment payment, String debit, String credit, long amount) {
        return new Object[] {tenant, payment.id(), debit, credit, amount, payment.currency()};
    }
}
