package io.oqim.stream;

import io.oqim.http.Failures;
import io.oqim.http.Problem;
import io.oqim.http.Refusal;
import io.oqim.merchant.Tenant;
import io.oqim.observe.Scope;
import io.oqim.store.TypeId;
import io.oqim.websocket.TextFrame;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What one client asks for on his socket besides events: each command on a thread of its own, so
 * many at once, answered in the order in which they end.
 */
final class SocketCommands {
    private static final Logger LOG = LoggerFactory.getLogger(SocketCommands.class);
    private static final Duration RETRY = Duration.ofSeconds(1);

    private final StreamParts parts;
    private final Session.Opener opener;
    private final Teller teller;
    private final AtomicInteger open = new AtomicInteger();

    /** Says a result, in its place among the events. */
    @FunctionalInterface
    interface Teller {
        void tell(TextFrame result, long seq);
    }

    SocketCommands(StreamParts parts, Session.Opener opener, Teller teller) {
        this.parts = parts;
        this.opener = opener;
        this.teller = teller;
    }

    /** Begins a command, or refuses it. Whatever becomes of it is told as its result. */
    void begin(Commands.Command command) {
        if (open.incrementAndGet() > parts.config().maxCommands()) {
            end(
                    command,
                    problem(
                            Problem.of(
                                            429,
                                            "too_many_commands",
                                            "Wait for the results of commands before this one.")
                                    .retryAfter(RETRY)));
            return;
        }
        Scope scope = new Scope(TypeId.text("req", TypeId.next()));
        Thread.ofVirtual()
                .name("stream-command-" + opener.tenant())
                .start(() -> scope.run(() -> end(command, result(command))));
    }

    private Commands.Result result(Commands.Command command) {
        long started = System.nanoTime();
        Commands.Result result;
        try {
            Tenant tenant =
                    opener.actor()
                            .orElseThrow(
                                    () ->
                                            new Refusal(
                                                    Problem.of(
                                                            403,
                                                            "commands_not_allowed",
                                                            "A stream that a ticket has opened takes no commands.")))
                            .get();
            result = parts.commands().run(tenant, command);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            result = problem(Problem.busy("shutting_down", "The process is about to stop.", RETRY));
        } catch (RuntimeException e) {
            result = problem(Failures.problem(e));
        }
        LOG.atInfo()
                .addKeyValue("status", result.status())
                .addKeyValue("micros", (System.nanoTime() - started) / 1000)
                .log("command");
        return result;
    }

    private void end(Commands.Command command, Commands.Result result) {
        try {
            teller.tell(Frames.result(command.id(), result), result.eventSeq());
        } finally {
            var ignored = open.decrementAndGet();
        }
    }

    private static Commands.Result problem(Problem problem) {
        return new Commands.Result(
                problem.status(),
                problem.json(Scope.current().requestId()),
                0,
                false,
                problem.retryAfter());
    }
}
