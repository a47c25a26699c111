package io.oqim.stream;

import io.oqim.http.JsonFields;
import io.oqim.merchant.Tenant;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/** Who does what is asked for on a socket besides events. The root says who that is. */
@FunctionalInterface
public interface Commands {
    /**
     * What a client asks for.
     *
     * @param id the client's own, which is the idempotency key
     * @param kind what is to be done
     * @param payment with which, if it is not to be created
     * @param deadline seconds to wait for it
     */
    record Command(
            String id,
            String kind,
            Optional<String> payment,
            JsonFields body,
            OptionalLong deadline) {
        static Command read(JsonFields frame) {
            Command command =
                    new Command(
                            frame.text("id", 300),
                            frame.text("command", 50),
                            frame.optionalText("payment", 100),
                            frame.document("body"),
                            frame.optionalInteger("deadline"));
            frame.end();
            return command;
        }
    }

    /**
     * What it came to; the same as REST would answer.
     *
     * @param eventSeq of the event that goes with it; 0 when there is none
     */
    record Result(
            int status,
            byte[] body,
            long eventSeq,
            boolean replayed,
            Optional<Duration> retryAfter) {}

    /** Does it. Blocks until it is known what came of it, or time is over. */
    Result run(Tenant tenant, Command command) throws InterruptedException;
}
