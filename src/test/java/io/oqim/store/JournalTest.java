package io.oqim.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JournalTest {
    /**
     * A merchant's test and live tenants are made in pairs, and all may use the same of the two.
     */
    @ParameterizedTest
    @CsvSource({"1, 2", "2, 2", "1, 4", "4, 3", "8, 16"})
    void tenantsSpreadOverAllLanesHoweverTheirNumbersAreSpaced(long step, int lanes) {
        int tenants = 1000;
        int[] counts = new int[lanes];
        LongStream.range(0, tenants)
                .map(i -> 1 + i * 2 * step)
                .forEach(tenant -> counts[Journal.lane(tenant, lanes)]++);

        assertThat(Arrays.stream(counts).boxed())
                .as("tenants of each lane")
                .allMatch(count -> Math.abs(count - tenants / lanes) < tenants / lanes / 5);
    }
}
