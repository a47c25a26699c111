package io.oqim.payment;

import io.oqim.http.Problem;
import io.oqim.observe.Scope;
import java.time.Duration;
import java.util.Optional;

/**
 * What a command came to, as REST would answer it.
 *
 * @param status an HTTP status
 * @param body the payment, the operation with its payment, or a problem; JSON
 * @param eventSeq of the event that goes with it; 0 when there is none
 * @param replayed whether it is what was answered before
 * @param retryAfter when trying again, or looking again, may help
 */
public record CommandAnswer(
        int status, byte[] body, long eventSeq, boolean replayed, Optional<Duration> retryAfter) {
    private static final Duration LOOK_AGAIN = Duration.ofSeconds(1);

    static CommandAnswer of(Answer answer) {
        return switch (answer) {
            case Answer.Given given ->
                    new CommandAnswer(
                            given.status(),
                            given.body(),
                            given.eventSeq(),
                            given.replayed(),
                            given.status() == 202 ? Optional.of(LOOK_AGAIN) : Optional.empty());
            case Answer.Refused refused -> of(refused.problem());
        };
    }

    static CommandAnswer of(Problem problem) {
        return new CommandAnswer(
                problem.status(),
                problem.json(Scope.current().requestId()),
                0,
                false,
                problem.retryAfter());
    }
}
