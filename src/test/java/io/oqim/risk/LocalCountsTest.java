package io.oqim.risk;

import static org.assertj.core.api.Assertions.assertThat;

import io.oqim.testing.Soon;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class LocalCountsTest {
    private static final int LIMIT = 1_000;

    private final LocalCounts counts = new LocalCounts(Duration.ofHours(1), 20_000);

    @Test
    void everyMemberCountsOnce() {
        assertThat(counts.countDistinct("card", "key-1", LIMIT)).isEqualTo(1);
        assertThat(counts.countDistinct("card", "key-2", LIMIT)).isEqualTo(2);
        assertThat(counts.countDistinct("card", "key-1", LIMIT)).isEqualTo(2);
        assertThat(counts.countDistinct("card", "key-3", LIMIT)).isEqualTo(3);
    }

    @Test
    void cardsAreCountedApart() {
        counts.countDistinct("card-1", "key-1", LIMIT);

        assertThat(counts.countDistinct("card-2", "key-2", LIMIT)).isEqualTo(1);
    }

    @Test
    void aWindowThatIsOverIsForgotten() {
        LocalCounts shortWindow = new LocalCounts(Duration.ofMillis(20), 10);
        shortWindow.countDistinct("card", "key-1", LIMIT);

        Soon.until(
                "only the second is counted",
                () -> shortWindow.countDistinct("card", "key-2", LIMIT) == 1);
    }

    @Test
    void whatWasNotCountedForLongestIsForgottenFirst() {
        for (int card = 0; card < 20_000; card++) {
            counts.countDistinct("card-" + card, "key-1", LIMIT);
        }
        assertThat(counts.countDistinct("card-0", "key-2", LIMIT)).isEqualTo(2);

        counts.countDistinct("one more", "key-1", LIMIT);

        assertThat(counts.countDistinct("card-0", "key-3", LIMIT)).isEqualTo(3);
        assertThat(counts.countDistinct("card-1", "key-2", LIMIT)).isEqualTo(1);
    }

    @Test
    void oneCardHoldsABoundedNumberOfMembers() {
        long count = 0;
        for (int member = 0; member < 1_500; member++) {
            count = counts.countDistinct("card", "key-" + member, LIMIT);
        }

        assertThat(count).as("over the limit, and no further").isEqualTo(1_001);
    }

    @Test
    void beyondWhatIsToldApartItGoesOnCounting() {
        long count = 0;
        for (int member = 0; member < 3_000; member++) {
            count = counts.countDistinct("bin", "key-" + member, 1_000_000);
        }

        assertThat(count).isEqualTo(3_000);
    }
}
