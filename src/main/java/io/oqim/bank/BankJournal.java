package io.oqim.bank;

import io.oqim.config.BankEndpoint;
import io.oqim.config.BanksConfig;
import io.oqim.http.Json;
import jakarta.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/**
 * What a bank itself has written down, for comparing: {@code GET ?bank=NAME&after=SEQ&limit=N} as
 * docs/sandbox.md describes it. Blocks up to {@code banks.deadline} a page.
 */
public final class BankJournal {
    /** Small enough for the largest answer that is taken of a bank. */
    private static final int PAGE = 100;

    private static final byte[] NO_BODY = new byte[0];

    private final BankHttp http;
    private final BanksConfig config;
    private final String bank;

    public BankJournal(BankEndpoint endpoint, BanksConfig config) {
        this.http = new BankHttp(endpoint.journal(), config);
        this.config = config;
        this.bank = endpoint.bankName();
    }

    /**
     * One movement.
     *
     * @param reference ours, or that of a void with {@code -void} behind it
     * @param effect hold, debit, release, credit or none
     */
    public record Row(
            String reference, String operation, String effect, long amount, String currency) {}

    /**
     * Gives all rows to {@code consumer}, in the bank's order.
     *
     * @throws IllegalStateException when the bank does not give them
     */
    public void each(Consumer<Row> consumer) {
        long after = 0;
        boolean more = true;
        while (more) {
            JsonObject page = page(after);
            for (var value : page.getJsonArray("data")) {
                JsonObject row = value.asJsonObject();
                after = row.getJsonNumber("seq").longValue();
                consumer.accept(
                        new Row(
                                row.getString("reference"),
                                row.getString("operation"),
                                row.getString("effect"),
                                row.getJsonNumber("amount").longValue(),
                                row.getString("currency")));
            }
            more = page.getBoolean("has_more");
            if (more && page.getJsonArray("data").isEmpty()) {
                throw new IllegalStateException("the bank's journal has more and gives nothing");
            }
        }
    }

    private JsonObject page(long after) {
        String query = "?bank=" + bank + "&limit=" + PAGE + "&after=" + after;
        HttpAnswer answer =
                http.exchange(
                        BankHttp.Method.GET,
                        query,
                        NO_BODY,
                        BankCall.harmless("journal", config.deadline()));
        if (answer instanceof HttpAnswer.Answered answered && answered.status() == 200) {
            return Json.trusted(new String(answered.body(), StandardCharsets.UTF_8));
        }
        throw new IllegalStateException("the bank does not give its journal: " + answer);
    }
}
