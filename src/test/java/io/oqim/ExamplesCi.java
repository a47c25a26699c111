package io.oqim;

import java.util.List;
import org.junit.jupiter.api.Test;

/** The examples that need Node and Python; run by .ci/run, which installs both. */
class ExamplesCi {
    @Test
    void theNodeConsumerGetsEveryEventOnceAndStopsForABadKey() throws Exception {
        try (Rig rig = Rig.start()) {
            Example node = new Example(List.of("node", "examples/consumer.mjs"));
            node.getsEveryEventOnce(rig);
            node.stopsForAKeyThatIsNotGood(rig);
        }
    }

    @Test
    void thePythonConsumerGetsEveryEventOnceAndStopsForABadKey() throws Exception {
        try (Rig rig = Rig.start()) {
            Example python = new Example(List.of("python3", "examples/consumer.py"));
            python.getsEveryEventOnce(rig);
            python.stopsForAKeyThatIsNotGood(rig);
        }
    }
}
