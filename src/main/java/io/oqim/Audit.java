package io.oqim;

import io.oqim.bank.BankJournal;
import io.oqim.config.BankEndpoint;
import io.oqim.config.OqimConfig;
import io.oqim.store.Database;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiFunction;
import java.util.function.Consumer;

/**
 * {@code java -jar oqim.jar audit}: whether payments, operations, ledger and log agree with each
 * other at one moment, and with the journals of the banks in both directions. May run while
 * everything else does: what is under way is left out of the comparison with the banks.
 *
 * <p>Reads whole tables, and holds the banks' journals in memory.
 */
final class Audit {
    private final OqimConfig config;
    private final Consumer<String> out;
    private final AtomicLong differences = new AtomicLong();

    /**
     * @param out gets a line for each difference, and one for each thing that was looked at
     */
    Audit(OqimConfig config, Consumer<String> out) {
        this.config = config;
        this.out = out;
    }

    /** Runs it; returns how many differences there are. */
    long run() {
        Map<String, Books> books;
        try (Database database = new Database(config.database(), 1)) {
            // The database's own time, a little before the banks are asked.
            Instant since = AuditStore.now(database).minusSeconds(5);
            books = books();
            database.snapshot(
                    snapshot -> {
                        AuditStore store = new AuditStore(snapshot, this::difference);
                        store.payments();
                        store.operations();
                        store.ledger();
                        store.log();
                        store.attempts(since, sent -> compare(books, sent));
                        DisputeAuditStore disputes =
                                new DisputeAuditStore(snapshot, this::difference);
                        disputes.money();
                        disputes.files();
                        new DisputeAudit(config.banks(), taking(books), this::difference)
                                .run(disputes, since);
                    });
        }
        books.values().forEach(this::unknown);
        out.accept(
                differences.get() == 0
                        ? "audit: no differences"
                        : "audit: differences found: " + differences.get());
        return differences.get();
    }

    private static BiFunction<String, String, List<BankJournal.Row>> taking(
            Map<String, Books> books) {
        return (bank, reference) -> {
            Books of = books.get(bank);
            return of == null ? List.of() : of.take(reference);
        };
    }

    private void difference(String sentence) {
        differences.incrementAndGet();
        out.accept(sentence);
    }

    /** What a person has settled is not the bank's word; it is shown, and no difference. */
    private void byHand(String sentence) {
        out.accept("settled by hand: " + sentence);
    }

    /** What a bank has written down, by reference. */
    private record Books(String bank, Map<String, List<BankJournal.Row>> rows) {
        List<BankJournal.Row> take(String reference) {
            List<BankJournal.Row> taken = rows.remove(reference);
            return taken == null ? List.of() : taken;
        }
    }

    /** Read before the database: what a bank does afterwards is not looked for there. */
    private Map<String, Books> books() {
        Map<String, Books> books = new HashMap<>();
        for (BankEndpoint bank : config.banks().endpoints()) {
            if (bank.journalUrl().isEmpty()) {
                out.accept(
                        "audit: bank " + bank.name() + " has no journal-url, and is not compared");
                continue;
            }
            Map<String, List<BankJournal.Row>> rows = new HashMap<>();
            new BankJournal(bank, config.banks())
                    .each(
                            row -> {
                                if (!row.effect().equals("none")) {
                                    rows.computeIfAbsent(row.reference(), r -> new ArrayList<>())
                                            .add(row);
                                }
                            });
            books.put(bank.name(), new Books(bank.name(), rows));
        }
        return books;
    }

    private void compare(Map<String, Books> all, AuditStore.Sent sent) {
        Books books = all.get(sent.bank());
        if (books == null) {
            return;
        }
        List<BankJournal.Row> done = books.take(sent.reference());
        List<BankJournal.Row> undone = books.take(sent.reference() + "-void");
        if (sent.open()) {
            return;
        }
        boolean happened = sent.state().equals("approved") || sent.state().equals("approved_late");
        String wanted = happened ? effect(sent.kind()) : "none";
        String found = net(done, undone);
        Consumer<String> finding = sent.byHand() ? this::byHand : this::difference;
        if (!wanted.equals(found)) {
            finding.accept(
                    "%s: %s %s is %s, which is %s at bank %s; the bank says %s"
                            .formatted(
                                    sent.where(),
                                    sent.kind(),
                                    sent.reference(),
                                    sent.state(),
                                    wanted,
                                    sent.bank(),
                                    found));
        } else if (happened
                && (done.getFirst().amount() != sent.amount()
                        || !done.getFirst().currency().equals(sent.currency()))) {
            finding.accept(
                    "%s: %s %s is of %d %s; bank %s says %d %s"
                            .formatted(
                                    sent.where(),
                                    sent.kind(),
                                    sent.reference(),
                                    sent.amount(),
                                    sent.currency(),
                                    sent.bank(),
                                    done.getFirst().amount(),
                                    done.getFirst().currency()));
        }
    }

    private static String effect(String kind) {
        return switch (kind) {
            case "authorize", "increase" -> "hold";
            case "sale", "capture" -> "debit";
            case "void", "decrease" -> "release";
            case "refund" -> "credit";
            default -> "none";
        };
    }

    /** What is left of what a reference did, once it was undone by a void. */
    private static String net(List<BankJournal.Row> done, List<BankJournal.Row> undone) {
        if (done.size() > 1 || undone.size() > 1) {
            return "more than one movement";
        }
        if (done.isEmpty()) {
            return undone.isEmpty() ? "none" : "an undoing of nothing";
        }
        if (undone.isEmpty()) {
            return done.getFirst().effect();
        }
        return done.getFirst().amount() == undone.getFirst().amount()
                ? "none"
                : "an undoing of another amount";
    }

    private void unknown(Books books) {
        books.rows()
                .forEach(
                        (reference, rows) ->
                                difference(
                                        "bank %s has %s of %d %s under %s, which is unknown here"
                                                .formatted(
                                                        books.bank(),
                                                        rows.getFirst().effect(),
                                                        rows.getFirst().amount(),
                                                        rows.getFirst().currency(),
                                                        reference)));
    }
}
