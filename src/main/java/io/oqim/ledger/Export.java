package io.oqim.ledger;

import io.oqim.http.Json;
import io.oqim.http.Problem;
import io.oqim.http.Refusal;
import io.oqim.store.TypeId;
import java.nio.charset.StandardCharsets;

/**
 * The forms in which entries are exported, a line each. The last line says how many there were: an
 * export without it is not whole.
 */
enum Export {
    /** RFC 4180, with a header. No value needs quoting: names, codes and numbers of our own. */
    CSV("text/csv; charset=utf-8; header=present") {
        @Override
        byte[] head() {
            return bytes("id,kind,debit,credit,amount,currency,payment,operation,created\r\n");
        }

        @Override
        byte[] line(LedgerStore.Entry entry) {
            Posting posting = entry.posting();
            return bytes(
                    String.join(
                                    ",",
                                    TypeId.text("ent", entry.id()),
                                    posting.kind(),
                                    posting.debit(),
                                    posting.credit(),
                                    Long.toString(posting.amount().minorUnits()),
                                    posting.amount().currencyCode(),
                                    TypeId.text("pay", posting.payment()),
                                    TypeId.text(
                                            posting.ofDispute() ? "dsp" : "op",
                                            posting.operation()),
                                    EntryJson.time(entry.created()))
                            + "\r\n");
        }

        @Override
        byte[] tail(long count) {
            return bytes("end,,,," + count + ",,,,\r\n");
        }
    },

    /** One JSON object a line. */
    NDJSON("application/x-ndjson") {
        @Override
        byte[] head() {
            return new byte[0];
        }

        @Override
        byte[] line(LedgerStore.Entry entry) {
            return withLineFeed(Json.bytes(out -> EntryJson.write(out, entry)));
        }

        @Override
        byte[] tail(long count) {
            return withLineFeed(
                    Json.bytes(
                            out -> {
                                out.writeStartObject();
                                out.write("object", "end");
                                out.write("count", count);
                                out.writeEnd();
                            }));
        }
    };

    private final String type;

    Export(String type) {
        this.type = type;
    }

    static Export named(String name) {
        return switch (name) {
            case "csv" -> CSV;
            case "ndjson" -> NDJSON;
            default ->
                    throw new Refusal(
                            Problem.refused(
                                    "invalid_value", "format", "It must be csv or ndjson."));
        };
    }

    String type() {
        return type;
    }

    abstract byte[] head();

    abstract byte[] line(LedgerStore.Entry entry);

    abstract byte[] tail(long count);

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static byte[] withLineFeed(byte[] json) {
        byte[] line = java.util.Arrays.copyOf(json, json.length + 1);
        line[json.length] = '\n';
        return line;
    }
}
