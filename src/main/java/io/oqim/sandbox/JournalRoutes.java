package io.oqim.sandbox;

import io.helidon.common.parameters.Parameters;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The journal: what the banks have written down, for whoever wants to check the gateway. */
final class JournalRoutes {
    private static final int STANDARD_LIMIT = 1_000;
    private static final int MAX_LIMIT = 10_000;

    private final JournalReader journal;
    private final Map<String, Register> registers;

    private record Range(long least, long most) {}

    JournalRoutes(JournalReader journal, Map<String, Register> registers) {
        this.journal = journal;
        this.registers = registers;
    }

    void list(ServerRequest request, ServerResponse response) {
        Parameters query = request.query();
        long after = whole(query, "after", 0, new Range(0, Long.MAX_VALUE - 1));
        int limit = (int) whole(query, "limit", STANDARD_LIMIT, new Range(1, MAX_LIMIT));
        @Nullable String bank = query.first("bank").orElse(null);
        if (bank != null && !registers.containsKey(bank)) {
            throw new Refusal(400, "invalid_value", "bank must be a bank of the sandbox", "bank");
        }
        String reference = query.first("reference").orElse(null);
        JournalReader.Page page =
                reference == null
                        ? journal.after(after, limit, bank)
                        : of(reference, after, limit, bank);
        JsonArrayBuilder rows = JsonText.array();
        page.rows().forEach(rows::add);
        Reply.of(JsonText.object().add("data", rows).add("has_more", page.hasMore()).build())
                .send(response);
    }

    private JournalReader.Page of(String reference, long after, int limit, @Nullable String bank) {
        List<JsonObject> rows =
                registers.entrySet().stream()
                        .filter(entry -> bank == null || entry.getKey().equals(bank))
                        .flatMap(entry -> entry.getValue().rowsOf(reference).stream())
                        .filter(seq -> seq > after)
                        .sorted()
                        .limit(limit + 1L)
                        .map(journal::row)
                        .toList();
        boolean hasMore = rows.size() > limit;
        return new JournalReader.Page(hasMore ? rows.subList(0, limit) : rows, hasMore);
    }

    private static long whole(Parameters query, String name, long standard, Range range) {
        String text = query.first(name).orElse(null);
        if (text == null) {
            return standard;
        }
        try {
            long number = Long.parseLong(text);
            if (number >= range.least() && number <= range.most()) {
                return number;
            }
        } catch (NumberFormatException e) {
            // Refused below, with the bounds.
        }
        throw new Refusal(
                400,
                "invalid_value",
                name + " must be from " + range.least() + " to " + range.most(),
                name);
    }
}
