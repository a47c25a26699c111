package io.oqim.merchant;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;

/** The columns of {@code tenant t} that hold a policy. */
public final class PolicyStore {
    public static final String ALL =
            "t.card_limit, t.resolve_within, t.on_deadline, t.settlement_delay, t.refund_beyond_balance,"
                    + " t.fees::text AS fees";

    private PolicyStore() {}

    public static Policy read(ResultSet row) throws SQLException {
        int limit = row.getInt("card_limit");
        OptionalInt cardLimit = row.wasNull() ? OptionalInt.empty() : OptionalInt.of(limit);
        return new Policy(
                cardLimit,
                seconds(row, "resolve_within"),
                Policy.OnDeadline.parse(row.getString("on_deadline")),
                seconds(row, "settlement_delay"),
                row.getBoolean("refund_beyond_balance"),
                FeesJson.parse(row.getString("fees")));
    }

    private static Optional<Duration> seconds(ResultSet row, String column) throws SQLException {
        int seconds = row.getInt(column);
        return row.wasNull() ? Optional.empty() : Optional.of(Duration.ofSeconds(seconds));
    }
}
