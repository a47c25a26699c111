package io.oqim;

import io.oqim.bank.BankCall;
import io.oqim.bank.BankHttp;
import io.oqim.bank.BankJournal;
import io.oqim.bank.Capabilities;
import io.oqim.bank.DisputeFeed;
import io.oqim.bank.generic.GenericBank;
import io.oqim.config.BankEndpoint;
import io.oqim.config.BanksConfig;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Consumer;

/**
 * Disputes against what banks have written down. What a bank has told of since, and what is read
 * and not booked, is under way and left out.
 */
final class DisputeAudit {
    private final BanksConfig config;
    private final BiFunction<String, String, List<BankJournal.Row>> books;
    private final Consumer<String> difference;

    /**
     * @param books takes a bank's rows of a reference out of what it has written down
     */
    DisputeAudit(
            BanksConfig config,
            BiFunction<String, String, List<BankJournal.Row>> books,
            Consumer<String> difference) {
        this.config = config;
        this.books = books;
        this.difference = difference;
    }

    /**
     * Compares all that are known with all that banks have written down.
     *
     * @param since what was booked after this moment may not be in the journals that were read
     */
    void run(DisputeAuditStore store, Instant since) {
        Map<String, Set<String>> underWay = new HashMap<>();
        store.waiting((bank, dispute) -> of(underWay, bank).add(dispute));
        Map<String, Long> read = new HashMap<>();
        store.read(one -> read.put(one.bank(), one.seq()));
        Set<String> compared = new HashSet<>();
        for (BankEndpoint bank : config.endpoints()) {
            if (bank.disputes() && bank.journalUrl().isPresent()) {
                unread(bank, read.getOrDefault(bank.name(), 0L), of(underWay, bank.name()));
                boolean ignored = compared.add(bank.name());
            }
        }
        store.each(
                known -> {
                    if (compared.contains(known.bank())) {
                        compare(
                                known,
                                known.updated().isAfter(since)
                                        || of(underWay, known.bank()).contains(known.dispute()));
                    }
                });
        underWay.forEach(
                (bank, disputes) ->
                        disputes.forEach(
                                dispute -> {
                                    var ignored = books.apply(bank, dispute);
                                }));
    }

    private static Set<String> of(Map<String, Set<String>> sets, String bank) {
        return sets.computeIfAbsent(bank, name -> new HashSet<>());
    }

    private void compare(DisputeAuditStore.Known known, boolean underWay) {
        List<String> found = new ArrayList<>();
        for (BankJournal.Row row : books.apply(known.bank(), known.dispute())) {
            found.add("%s of %d %s".formatted(row.effect(), row.amount(), row.currency()));
        }
        String money = "%d %s".formatted(known.amount(), known.currency());
        List<String> wanted =
                known.taken()
                        ? List.of("credit of " + money)
                        : List.of("credit of " + money, "debit of " + money);
        if (!underWay && !found.equals(wanted)) {
            difference.accept(
                    "%s: dispute %s should have, at bank %s, %s; the bank says %s"
                            .formatted(
                                    known.where(), known.dispute(), known.bank(), wanted, found));
        }
    }

    /** What the bank has told of after this, asked when everything else has been read. */
    private void unread(BankEndpoint endpoint, long seq, Set<String> into) {
        GenericBank bank =
                new GenericBank(
                        new BankHttp(endpoint, config),
                        new Capabilities(false, false, true, false, endpoint.longestDelay()));
        long after = seq;
        boolean more = true;
        while (more) {
            switch (bank.disputes(after, BankCall.harmless("audit", config.deadline()))) {
                case DisputeFeed.Page page -> {
                    page.news().forEach(news -> into.add(news.dispute()));
                    after = page.news().isEmpty() ? after : page.news().getLast().seq();
                    more = page.more();
                }
                case DisputeFeed.Silent silent ->
                        throw new IllegalStateException(
                                "bank "
                                        + endpoint.name()
                                        + " does not tell of disputes: "
                                        + silent.reason());
            }
        }
    }
}
