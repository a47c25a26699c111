package io.oqim.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** With the vectors of the specification (jetify-com/typeid, spec/valid.json and invalid.json). */
class TypeIdTest {
    @ParameterizedTest
    @CsvSource({
        "pay,00000000000000000000000000,00000000-0000-0000-0000-000000000000",
        "pay,00000000000000000000000001,00000000-0000-0000-0000-000000000001",
        "pay,0000000000000000000000000a,00000000-0000-0000-0000-00000000000a",
        "pay,0000000000000000000000000g,00000000-0000-0000-0000-000000000010",
        "pay,00000000000000000000000010,00000000-0000-0000-0000-000000000020",
        "pay,7zzzzzzzzzzzzzzzzzzzzzzzzz,ffffffff-ffff-ffff-ffff-ffffffffffff",
        "prefix,0123456789abcdefghjkmnpqrs,0110c853-1d09-52d8-d73e-1194e95b5f19",
        "prefix,01h455vb4pex5vsknk084sn02q,01890a5d-ac96-774b-bcce-b302099a8057",
        "pre_fix,00000000000000000000000000,00000000-0000-0000-0000-000000000000"
    })
    void validIdsOfTheSpecificationAreWrittenAndRead(String prefix, String suffix, UUID uuid) {
        String text = prefix + "_" + suffix;

        assertThat(TypeId.text(prefix, uuid)).isEqualTo(text);
        assertThat(TypeId.parse(prefix, text)).contains(uuid);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "_",
                "prefix",
                "prefix_",
                "_00000000000000000000000000",
                "00000000000000000000000000",
                "PREFIX_00000000000000000000000000",
                "12345_00000000000000000000000000",
                "pre.fix_00000000000000000000000000",
                "préfix_00000000000000000000000000",
                "  prefix_00000000000000000000000000",
                "_prefix_00000000000000000000000000",
                "prefix__00000000000000000000000000",
                "prefix-00000000000000000000000000",
                "prefix_1234567890123456789012345",
                "prefix_123456789012345678901234567",
                "prefix_1234567890123456789012345 ",
                "prefix_0123456789ABCDEFGHJKMNPQRS",
                "prefix_123456789-123456789-123456",
                "prefix_ooooooiiiiiiuuuuuuulllllll",
                "prefix_i23456789ol23456789oi23456",
                "prefix_123456789-0123456789-0123456",
                "prefix_8zzzzzzzzzzzzzzzzzzzzzzzzz",
                "prefix_0000000000000000000000000é",
                "prefix_0000000000000000000000000\u0430",
                "other_00000000000000000000000000"
            })
    void whatIsNoIdOfThatTypeIsNotRead(String text) {
        assertThat(TypeId.parse("prefix", text)).isEmpty();
    }

    @Test
    void everyUuidComesBackFromItsText() {
        long seed = 20_261_123;
        Random random = new Random(seed);
        for (int i = 0; i < 1000; i++) {
            UUID id = new UUID(random.nextLong(), random.nextLong());

            assertThat(TypeId.parse("pay", TypeId.text("pay", id)))
                    .as("seed %d, round %d", seed, i)
                    .contains(id);
        }
    }

    @Test
    void textsSortAsTheirIdsDo() {
        UUID earlier = UUID.fromString("01890a5d-ac96-774b-bcce-b302099a8057");
        UUID later = UUID.fromString("01890a5d-ac97-7000-8000-000000000000");

        assertThat(TypeId.text("evt", earlier)).isLessThan(TypeId.text("evt", later));
    }

    @Test
    void newIdsAreVersionSevenOfNow() {
        long before = System.currentTimeMillis();

        UUID id = TypeId.next();

        assertThat(id.version()).isEqualTo(7);
        assertThat(id.variant()).isEqualTo(2);
        assertThat(id.getMostSignificantBits() >>> 16)
                .isBetween(before, System.currentTimeMillis());
    }

    @Test
    void newIdsDiffer() {
        Set<UUID> ids = new HashSet<>();
        for (int i = 0; i < 10_000; i++) {
            ids.add(TypeId.next());
        }

        assertThat(ids).hasSize(10_000);
    }
}
