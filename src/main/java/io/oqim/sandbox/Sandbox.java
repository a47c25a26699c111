package io.oqim.sandbox;

import io.helidon.common.socket.SocketOptions;
import io.helidon.http.HttpException;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The running sandbox: all simulated banks, the journal and the control API on one port. */
public final class Sandbox implements AutoCloseable {
    /** The largest body that is read, unless it carries evidence. */
    static final int MAX_BODY_BYTES = 64 * 1024;

    /** The largest body that carries evidence: 256 KiB in base64, and what stands around them. */
    static final int MAX_LARGE_BODY_BYTES = 384 * 1024;

    private static final Logger LOG = LoggerFactory.getLogger(Sandbox.class);
    private static final Duration GRACE = Duration.ofSeconds(1);

    private final SandboxOptions options;
    private final Map<String, Register> registers = new TreeMap<>();
    private final Controls controls;
    private final Errands errands = new Errands();
    private final Books books;
    private final List<Bank> banks;
    private final Semaphore permits = new Semaphore(Reception.MAX_REQUESTS);
    private final WebServer server;

    private Sandbox(SandboxOptions options) {
        this.options = options;
        this.controls = new Controls(options);
        this.books = Books.open(options.books(), this::replay);
        Bank.Tools tools =
                new Bank.Tools(books, controls, errands, Clock.systemUTC(), options.books());
        this.banks =
                options.banks().stream()
                        .map(name -> new Bank(name, register(name), tools))
                        .toList();
        this.server =
                WebServer.builder()
                        .host(options.host())
                        .port(options.port())
                        .maxPayloadSize(MAX_LARGE_BODY_BYTES)
                        .shutdownGracePeriod(GRACE)
                        .shutdownHook(false)
                        .connectionOptions(SocketOptions.builder().tcpNoDelay(true).build())
                        .routing(this::routing)
                        .build();
    }

    /** Reads the books and opens the banks. Throws when the port or the books are in use. */
    public static Sandbox start(SandboxOptions options) {
        Sandbox sandbox = new Sandbox(options);
        sandbox.server.start();
        if (!sandbox.server.isRunning()) {
            sandbox.close();
            throw new IllegalStateException("the sandbox cannot listen: " + options);
        }
        sandbox.banks.forEach(Bank::resume);
        LOG.info("{} on port {}", options, sandbox.port());
        return sandbox;
    }

    public int port() {
        return server.port();
    }

    /** Requests that are waiting are cut off; what was written down stays. */
    @Override
    public void close() {
        if (server.isRunning()) {
            server.stop();
        }
        errands.close();
        banks.forEach(Bank::close);
        books.close();
    }

    private void routing(HttpRouting.Builder routing) {
        JournalRoutes journal = new JournalRoutes(books.journal(), registers);
        routing.get("/health", this::tellHealth)
                .get("/journal", journal::list)
                .register("/control/disputes", new ControlDisputes(banks))
                .register("/control", new ControlRoutes(controls));
        for (Bank bank : banks) {
            Reception reception = new Reception(bank.name(), options.bankKey(), controls, permits);
            routing.register(
                    "/" + bank.name(),
                    new BankRoutes(bank, controls, reception),
                    new DisputeRoutes(bank, reception),
                    new ChallengeRoutes(bank));
        }
        routing.any((request, response) -> Reply.of(noSuchPath(request)).send(response))
                .error(Refusal.class, (request, response, e) -> Reply.of(e).send(response))
                .error(HttpException.class, Sandbox::tellUnreadable)
                .error(IllegalStateException.class, Sandbox::tellFailure);
    }

    private void tellHealth(ServerRequest request, ServerResponse response) {
        int requests = Reception.MAX_REQUESTS - permits.availablePermits();
        Reply.of(JsonText.object().add("status", "ok").add("requests", requests).build())
                .send(response);
    }

    private static Refusal noSuchPath(ServerRequest request) {
        String what = request.prologue().method() + " " + request.path().path();
        return new Refusal(404, "no_such_path", "There is no " + what, null);
    }

    private static void tellUnreadable(
            ServerRequest request, ServerResponse response, HttpException failure) {
        new Reply(failure.status().code(), Reply.error("bad_request", "Not readable."), false)
                .send(response);
    }

    private static void tellFailure(
            ServerRequest request, ServerResponse response, IllegalStateException failure) {
        LOG.error("{} failed", request.path().path(), failure);
        new Reply(500, Reply.error("internal_error", "Something went wrong."), false)
                .send(response);
    }

    private void replay(Row row) {
        register(row.bank()).record(row);
    }

    private Register register(String bank) {
        return registers.computeIfAbsent(bank, name -> new Register());
    }
}
