package io.oqim.http;

import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerResponse;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/**
 * What the answer to the request at hand is signed with, once it is known that it shall be. Only
 * answers that are sent whole: those that are streamed go without.
 */
public interface Seal {
    /** What is answered. */
    SignedMessage request();

    /** The fields that sign an answer; computes. */
    Map<String, String> fields(SignedMessage answer);

    /** Signs the answer to the request that this thread works for. */
    static void use(Seal seal) {
        if (AtHand.SEAL.isBound()) {
            AtHand.SEAL.get().set(seal);
        }
    }

    /** Runs the work for one request. */
    static void within(Runnable work) {
        ScopedValue.where(AtHand.SEAL, new AtomicReference<>()).run(work);
    }

    /** Signs an answer that is about to go, if it shall be. */
    static void press(ServerResponse answer, byte[] body) {
        Seal seal = AtHand.SEAL.isBound() ? AtHand.SEAL.get().get() : null;
        if (seal == null) {
            return;
        }
        answer.header(HeaderNames.create(ContentDigest.NAME), ContentDigest.of(body));
        seal.fields(new AnswerMessage(answer, Optional.of(seal.request())))
                .forEach((name, value) -> answer.header(HeaderNames.create(name), value));
    }

    /** An answer that is about to go. */
    record AnswerMessage(ServerResponse answer, Optional<SignedMessage> request)
            implements SignedMessage {
        @Override
        public Optional<Integer> status() {
            return Optional.of(answer.status().code());
        }

        @Override
        public Optional<String> field(String name) {
            return RequestMessage.field(answer.headers(), name);
        }
    }

    /** One for each request. */
    final class AtHand {
        private static final ScopedValue<AtomicReference<Seal>> SEAL = ScopedValue.newInstance();

        private AtHand() {}
    }
}
