package io.oqim;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** examples/Consumer.java. The others need more than a JDK: ExamplesCi. */
class JavaExampleIT {
    private static final Example JAVA =
            new Example(
                    List.of(
                            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                            "examples/Consumer.java"));

    @Test
    void theJavaConsumerGetsEveryEventOnceAndStopsForABadKey() throws Exception {
        try (Rig rig = Rig.start()) {
            JAVA.getsEveryEventOnce(rig);
            JAVA.stopsForAKeyThatIsNotGood(rig);
        }
    }
}
