package io.oqim.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

final class LocksTest {
    private static final int REFERENCES = 10;
    private static final int CALLERS = 500;

    @Test
    @Timeout(10)
    void callersThatCrossEachOtherNeitherMixNorWaitForEver() throws Exception {
        Locks locks = new Locks();
        List<int[]> counts = new ArrayList<>();
        for (int i = 0; i < REFERENCES; i++) {
            counts.add(new int[1]);
        }
        Random random = new Random(1);

        AtOnce.run(
                CALLERS,
                number -> {
                    int one = random.nextInt(REFERENCES);
                    int two = random.nextInt(REFERENCES);
                    return locks.holding("r" + one, "r" + two, () -> counts.get(one)[0]++);
                });

        assertThat(counts.stream().mapToInt(count -> count[0]).sum()).isEqualTo(CALLERS);
    }
}
