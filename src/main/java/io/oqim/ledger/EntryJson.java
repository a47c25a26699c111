package io.oqim.ledger;

import io.oqim.store.TypeId;
import jakarta.json.stream.JsonGenerator;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;

/** Entries and balances as the API shows them. */
final class EntryJson {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSS'Z'").withZone(ZoneOffset.UTC);

    private EntryJson() {}

    static String time(Instant instant) {
        return TIME.format(instant);
    }

    static void write(JsonGenerator out, LedgerStore.Entry entry) {
        Posting posting = entry.posting();
        out.writeStartObject();
        out.write("id", TypeId.text("ent", entry.id()));
        out.write("object", "ledger_entry");
        out.write("kind", posting.kind());
        out.write("debit", posting.debit());
        out.write("credit", posting.credit());
        out.write("amount", posting.amount().minorUnits());
        out.write("currency", posting.amount().currencyCode());
        out.write("payment", TypeId.text("pay", posting.payment()));
        if (posting.ofDispute()) {
            out.writeNull("operation");
            out.write("dispute", TypeId.text("dsp", posting.operation()));
        } else {
            out.write("operation", TypeId.text("op", posting.operation()));
            out.writeNull("dispute");
        }
        out.write("created", time(entry.created()));
        out.writeEnd();
    }

    static void balance(JsonGenerator out, List<LedgerStore.Balance> balances) {
        out.writeStartObject();
        out.write("object", "balance");
        out.writeStartArray("data");
        for (LedgerStore.Balance balance : balances) {
            out.writeStartObject();
            out.write("currency", balance.currency());
            out.write("pending", balance.pending());
            out.write("available", balance.available());
            out.write("reserved", balance.reserved());
            out.writeEnd();
        }
        out.writeEnd();
        out.writeEnd();
    }
}
