package io.oqim.sandbox;

import jakarta.json.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads durable rows back from the file, so that the journal needs no memory. */
final class JournalReader {
    private final BookFile file;
    private final RowIndex index;

    JournalReader(BookFile file, RowIndex index) {
        this.file = file;
        this.index = index;
    }

    /**
     * A part of the journal.
     *
     * @param rows ascending, as the journal shows them
     */
    record Page(List<JsonObject> rows, boolean hasMore) {}

    /**
     * @param bank whose rows are wanted, or null for all
     */
    Page after(long seq, int limit, @Nullable String bank) {
        long last = index.last();
        List<JsonObject> rows = new ArrayList<>();
        if (seq >= last) {
            return new Page(rows, false);
        }
        RowIndex.Place place = index.before(seq + 1);
        // Exact without parsing: within a JSON text, quotes would be escaped.
        String mark = bank == null ? "" : "\"bank\":\"" + bank + "\"";
        try (BufferedReader lines = linesFrom(place)) {
            for (long at = place.seq(); at <= last; at++) {
                String line = lines.readLine();
                if (at <= seq || !line.contains(mark)) {
                    continue;
                }
                if (rows.size() == limit) {
                    return new Page(rows, true);
                }
                rows.add(shown(line));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the books after row " + seq, e);
        }
        return new Page(rows, false);
    }

    /** One durable row. */
    JsonObject row(long seq) {
        return after(seq - 1, 1, null).rows().getFirst();
    }

    private BufferedReader linesFrom(RowIndex.Place place) throws IOException {
        return new BufferedReader(
                new InputStreamReader(file.from(place.offset()), StandardCharsets.UTF_8));
    }

    private static JsonObject shown(String line) {
        byte[] bytes = line.getBytes(StandardCharsets.UTF_8);
        return RowJson.shown(JsonText.parse(bytes).orElseThrow().asJsonObject());
    }
}
