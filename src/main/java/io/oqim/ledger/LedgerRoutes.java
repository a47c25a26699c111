package io.oqim.ledger;

import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.oqim.config.LedgerConfig;
import io.oqim.http.Answers;
import io.oqim.http.Caller;
import io.oqim.http.Json;
import io.oqim.http.Problem;
import io.oqim.http.Queries;
import io.oqim.http.Refusal;
import io.oqim.http.Resource;
import io.oqim.store.Replica;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.function.BiFunction;
import java.util.function.Function;

/** {@code /v1/balance} and {@code /v1/ledger}: a tenant's own books. */
public final class LedgerRoutes implements HttpService {
    private static final List<String> PAGE =
            List.of("min_seq", "limit", "after", "created_gte", "created_lt", "payment");
    private static final List<String> EXPORT =
            List.of("min_seq", "format", "created_gte", "created_lt", "payment");
    private static final int LIMIT = 20;
    private static final int LIMIT_MOST = 100;
    private static final Duration RETRY = Duration.ofSeconds(5);

    private final Replica books;
    private final Caller caller;
    private final LedgerConfig config;
    private final Semaphore exports;
    private final Set<Long> exporting = ConcurrentHashMap.newKeySet();

    public LedgerRoutes(Replica books, Caller caller, LedgerConfig config) {
        this.books = books;
        this.caller = caller;
        this.config = config;
        this.exports = new Semaphore(config.maxExports());
    }

    @Override
    public void routing(HttpRules rules) {
        Resource.at(rules, "/v1/balance").get(this::balance).done();
        Resource.at(rules, "/v1/ledger/entries").get(this::entries).done();
        Resource.at(rules, "/v1/ledger/export").get(this::export).done();
    }

    private void balance(ServerRequest request, ServerResponse response)
            throws InterruptedException {
        long tenant = caller.tenant(request, List.of("min_seq"));
        List<LedgerStore.Balance> balances =
                read(
                        tenant,
                        minSeq(Queries.of(request, List.of("min_seq"))),
                        LedgerStore::balances);
        Answers.json(response, 200, Json.bytes(out -> EntryJson.balance(out, balances)));
    }

    private void entries(ServerRequest request, ServerResponse response)
            throws InterruptedException {
        long tenant = caller.tenant(request, PAGE);
        Queries queries = Queries.of(request, PAGE);
        int limit = (int) queries.integer("limit", 1, LIMIT_MOST).orElse(LIMIT);
        LedgerStore.Filter filter = filter(queries);
        List<LedgerStore.Entry> found =
                read(tenant, minSeq(queries), (store, id) -> store.entries(id, filter, limit + 1));
        boolean more = found.size() > limit;
        List<LedgerStore.Entry> page = more ? found.subList(0, limit) : found;
        Answers.json(
                response,
                200,
                Json.list(
                        out -> page.forEach(entry -> EntryJson.write(out, entry)),
                        more ? Optional.of(page.getLast().place().text()) : Optional.empty()));
    }

    private static OptionalLong minSeq(Queries queries) {
        return queries.integer("min_seq", 0, Long.MAX_VALUE);
    }

    private <T> T read(
            long tenant, OptionalLong minSeq, BiFunction<LedgerStore, Long, T> question) {
        return books.read(
                tenant, minSeq, database -> question.apply(new LedgerStore(database), tenant));
    }

    private static LedgerStore.Filter filter(Queries queries) {
        return new LedgerStore.Filter(
                queries.time("created_gte"),
                queries.time("created_lt"),
                queries.id("payment", "pay"),
                queries.text("after").map(TimeCursor::parse));
    }

    /**
     * Page by page, so that neither their number nor a slow reader holds memory or a connection.
     */
    private void export(ServerRequest request, ServerResponse response)
            throws InterruptedException {
        long tenant = caller.tenant(request, EXPORT);
        Queries queries = Queries.of(request, EXPORT);
        Export format = Export.named(queries.text("format").orElse("ndjson"));
        LedgerStore.Filter filter = filter(queries);
        if (!exporting.add(tenant)) {
            throw new Refusal(
                    Problem.busy("overloaded", "An export of this tenant is at work.", RETRY));
        }
        try {
            if (!exports.tryAcquire()) {
                throw new Refusal(
                        Problem.busy("overloaded", "Too many exports are at work.", RETRY));
            }
            try {
                response.header(HeaderNames.CONTENT_TYPE, format.type());
                inTime(() -> write(pages(tenant, minSeq(queries)), filter, format, response));
            } finally {
                exports.release();
            }
        } finally {
            boolean ignored = exporting.remove(tenant);
        }
    }

    /** A reader that is too slow is cut off, so that he keeps no place for ever. */
    private void inTime(Runnable work) {
        Thread writer = Thread.currentThread();
        Thread clock =
                Thread.ofVirtual()
                        .name("export-clock")
                        .start(
                                () -> {
                                    try {
                                        Thread.sleep(config.exportTime());
                                        writer.interrupt();
                                    } catch (InterruptedException e) {
                                        // It was done in time.
                                        Thread.currentThread().interrupt();
                                    }
                                });
        try {
            work.run();
        } finally {
            clock.interrupt();
            over(clock);
        }
    }

    /**
     * Whatever the clock did at the last moment does not follow this thread to its next request.
     */
    private static void over(Thread clock) {
        boolean running = true;
        while (running) {
            try {
                clock.join();
                running = false;
            } catch (InterruptedException e) {
                // The clock's own, and cleared by now.
                running = clock.isAlive();
            }
        }
        boolean ignored = Thread.interrupted();
    }

    /** How the next page is read. */
    private Function<LedgerStore.Filter, List<LedgerStore.Entry>> pages(
            long tenant, OptionalLong minSeq) {
        return filter ->
                read(tenant, minSeq, (store, id) -> store.entries(id, filter, config.exportPage()));
    }

    private void write(
            Function<LedgerStore.Filter, List<LedgerStore.Entry>> pages,
            LedgerStore.Filter filter,
            Export format,
            ServerResponse response) {
        try (OutputStream out = response.outputStream()) {
            write(pages, filter, format, out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void write(
            Function<LedgerStore.Filter, List<LedgerStore.Entry>> pages,
            LedgerStore.Filter all,
            Export format,
            OutputStream out)
            throws IOException {
        out.write(format.head());
        LedgerStore.Filter filter = all;
        long count = 0;
        while (true) {
            List<LedgerStore.Entry> page = pages.apply(filter);
            for (LedgerStore.Entry entry : page) {
                out.write(format.line(entry));
            }
            count += page.size();
            if (page.size() < config.exportPage()) {
                out.write(format.tail(count));
                return;
            }
            if (Thread.currentThread().isInterrupted()) {
                throw new IOException("the export took too long");
            }
            filter = filter.after(page.getLast().place());
        }
    }
}
