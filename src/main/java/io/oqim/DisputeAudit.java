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
        List<DisputeAuditStore.Known> same = new ArrayList<>();
        Runnable last =
                () -> {
                    if (!same.isEmpty() && compared.contains(same.getFirst().bank())) {
                        compare(same, underWay, since);
                    }
                    same.clear();
                };
        store.each(
                known -> {
                    if (!same.isEmpty() && !same.getFirst().isCalledAs(known)) {
                        last.run();
                    }
                    same.add(known);
                });
        last.run();
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

    /** What a bank calls the same, which it may have taken, given back and taken again. */
    private void compare(
            List<DisputeAuditStore.Known> same, Map<String, Set<String>> underWay, Instant since) {
        DisputeAuditStore.Known first = same.getFirst();
        long wanted = 0;
        boolean open = of(underWay, first.bank()).contains(first.dispute());
        for (DisputeAuditStore.Known known : same) {
            wanted += known.taken() ? known.amount() : 0;
            open |= known.updated().isAfter(since);
        }
        long found = 0;
        boolean other = false;
        for (BankJournal.Row row : books.apply(first.bank(), first.dispute())) {
            found += row.effect().equals("credit") ? row.amount() : -row.amount();
            other |= !row.currency().equals(first.currency());
        }
        if (!open && (found != wanted || other)) {
            difference.accept(
                    "%s: dispute %s has taken %d %s; bank %s says %d%s"
                            .formatted(
                                    first.where(),
                                    first.dispute(),
                                    wanted,
                                    first.currency(),
                                    first.bank(),
                                    found,
                                    other ? " in another currency" : ""));
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
