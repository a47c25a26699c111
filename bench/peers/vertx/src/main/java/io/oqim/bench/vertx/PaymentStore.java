package io.oqim.bench.vertx;

import io.oqim.bench.vertx.Transactions.Statement;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.handler.HttpException;
import io.vertx.pgclient.PgException;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.security.MessageDigest;

/** What is kept of payments. */
final class PaymentStore {
    private static final String UNIQUE_VIOLATION = "23505";

    private static final String INSERT_CLAIM =
            "INSERT INTO claim (tenant, key, fingerprint, payment) VALUES ($1, $2, $3, $4)";
    private static final String INSERT_PAYMENT =
            """
            INSERT INTO payment
                (tenant, id, status, amount, currency, reference, first6, last4, created, updated)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9)""";
    private static final String UPDATE_PAYMENT =
            """
            UPDATE payment SET status = $3, bank_reference = $4, auth_code = $5, updated = now()
            WHERE tenant = $1 AND id = $2""";
    private static final String INSERT_POSTINGS =
            """
            INSERT INTO posting (tenant, payment, debit, credit, amount, currency)
            VALUES ($1, $2, 'receivable', 'merchant', $3, $5), ($1, $2, 'merchant', 'fees', $4, $5)""";
    private static final String INSERT_EVENT =
            "INSERT INTO event (tenant, payment, type, body) VALUES ($1, $2, $3, $4)";
    private static final String INSERT_RESPONSE =
            "INSERT INTO stored_response (tenant, key, status, body) VALUES ($1, $2, $3, $4)";
    private static final String SELECT_RESPONSE =
            """
            SELECT claim.fingerprint, stored_response.status, stored_response.body
            FROM claim LEFT JOIN stored_response USING (tenant, key)
            WHERE tenant = $1 AND key = $2""";

    private final Pool pool;
    private final Transactions transactions;

    PaymentStore(Pool pool) {
        this.pool = pool;
        transactions = new Transactions(pool);
    }

    /** Fails if the key is taken. */
    Future<Void> open(Claim claim, Payment payment) {
        return transactions.run(
                new Statement(
                        INSERT_CLAIM,
                        Tuple.of(
                                claim.tenant(), claim.key(), claim.fingerprint(), payment.id())),
                new Statement(
                        INSERT_PAYMENT,
                        Tuple.of(
                                payment.tenant(),
                                payment.id(),
                                payment.status(),
                                payment.amount(),
                                payment.currency(),
                                payment.reference(),
                                payment.first6(),
                                payment.last4(),
                                payment.created())));
    }

    static boolean isTaken(Throwable failure) {
        return failure instanceof PgException e
                && UNIQUE_VIOLATION.equals(e.getSqlState())
                && "claim".equals(e.getTable());
    }

    /** The answer to the request that has claimed the key. */
    Future<Answer> answered(Claim claim) {
        return pool.preparedQuery(SELECT_RESPONSE)
                .execute(Tuple.of(claim.tenant(), claim.key()))
                .map(rows -> answered(claim, rows));
    }

    private static Answer answered(Claim claim, RowSet<Row> rows) {
        for (Row row : rows) {
            Buffer fingerprint = row.getBuffer(0);
            Integer status = row.getInteger(1);
            if (!MessageDigest.isEqual(fingerprint.getBytes(), claim.fingerprint().getBytes())) {
                throw new HttpException(409, "key_of_another_request");
            }
            if (status != null) {
                return new Answer(status, row.getString(2));
            }
        }
        throw new HttpException(409, "in_progress");
    }

    Future<Void> capture(Claim claim, Payment payment, Answer answer) {
        return transactions.run(
                new Statement(
                        UPDATE_PAYMENT,
                        Tuple.of(
                                payment.tenant(),
                                payment.id(),
                                payment.status(),
                                payment.approval().bankReference(),
                                payment.approval().authCode())),
                new Statement(
                        INSERT_POSTINGS,
                        Tuple.of(
                                payment.tenant(),
                                payment.id(),
                                payment.amount(),
                                payment.fee(),
                                payment.currency())),
                new Statement(
                        INSERT_EVENT,
                        Tuple.of(
                                payment.tenant(),
                                payment.id(),
                                "payment.captured",
                                answer.body())),
                new Statement(
                        INSERT_RESPONSE,
                        Tuple.of(claim.tenant(), claim.key(), answer.status(), answer.body())));
    }
}
