package io.oqim.merchant;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;

/** The columns of {@code tenant t} that hold a policy. */
public final class PolicyStore {
    public static final String ALL =
            "t.rate_limit, t.card_limit, t.resolve_within, t.on_deadline, t.settlement_delay, t.refund_beyond_balance,"
                    + " t.require_signatures, t.fees::text AS fees";

    private PolicyStore() {}

    public static Policy read(ResultSet row) throws SQLException {
        return new Policy(
                count(row, "rate_limit"),
                count(row, "card_limit"),
                seconds(row, "resolve_within"),
                Policy.OnDeadline.parse(row.getString("on_deadline")),
                seconds(row, "settlement_delay"),
                row.getBoolean("refund_beyond_balance"),
                row.getBoolean("require_signatures"),
                FeesJson.parse(row.getString("fees")));
    }

    private static OptionalInt count(ResultSet row, String column) throws SQLException {
        int count = row.getInt(column);
        return row.wasNull() ? OptionalInt.empty() : OptionalInt.of(count);
    }

    private static Optional<Duration> seconds(ResultSet row, String column) throws SQLException {
        int seconds = row.getInt(column);
        return row.wasNull() ? Optional.empty() : Optional.of(Duration.ofSeconds(seconds));
    }
}
