package io.oqim.stream;

import io.oqim.http.Failures;
import io.oqim.http.Problem;
import io.oqim.http.Refusal;
import io.oqim.merchant.KeyScope;
import io.oqim.merchant.Tenant;
import io.oqim.observe.Scope;
import io.oqim.store.TypeId;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What one client asks for on his socket besides events: each command on a thread of its own, so
 * many at once, answered in the order in which they end.
 */
final class SocketCommands {
    private static final Logger LOG = LoggerFactory.getLogger(SocketCommands.class);
    private static final Duration RETRY = Duration.ofSeconds(1);

    /** Refusals that may wait to be read, besides as many as there may be commands. */
    private static final int REFUSALS_LEAST = 8;

    /** How long nobody looks whether the socket still is open. */
    private static final long PATIENCE_MILLIS = 250;

    private final StreamParts parts;
    private final Session.Opener opener;
    private final Teller teller;

    /** One for each command whose result was not handed to the socket, refusals too. */
    private final Semaphore places;

    private final int placesMost;

    /** Whom they are told to. */
    interface Teller {
        /** Says a result, in its place among the events. */
        void tell(Desk.Result result);

        /** Whether he still is there. */
        boolean isOpen();
    }

    SocketCommands(StreamParts parts, Session.Opener opener, Teller teller) {
        this.parts = parts;
        this.opener = opener;
        this.teller = teller;
        this.placesMost = 2 * parts.config().maxCommands() + REFUSALS_LEAST;
        this.places = new Semaphore(placesMost);
    }

    /**
     * Begins a command, or refuses it. Whatever becomes of it is told as its result. Who asks for
     * more than he reads the answers of is not listened to meanwhile: this blocks until some of
     * them were handed to the socket, or it is closed.
     */
    void begin(Commands.Command command) {
        if (!placeTaken()) {
            return;
        }
        if (placesMost - places.availablePermits() > parts.config().maxCommands()) {
            tell(
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
                .start(() -> scope.run(() -> tell(command, result(command))));
    }

    private boolean placeTaken() {
        try {
            while (teller.isOpen()) {
                if (places.tryAcquire(PATIENCE_MILLIS, TimeUnit.MILLISECONDS)) {
                    return true;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return false;
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
                            .apply(
                                    command.kind().equals("refund")
                                            ? KeyScope.REFUND
                                            : KeyScope.PAY);
            if (tenant.policy().requireSignatures()) {
                throw new Refusal(
                        Problem.of(
                                403,
                                "commands_not_allowed",
                                "This merchant's requests have to be signed; commands cannot be."));
            }
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

    private void tell(Commands.Command command, Commands.Result result) {
        teller.tell(
                new Desk.Result(
                        Frames.result(command.id(), result), result.eventSeq(), places::release));
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
