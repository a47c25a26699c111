package io.oqim.store;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.UUID;

/** An id has one spelling. */
class TypeIdFuzz {
    @FuzzTest(maxDuration = "2m")
    void anIdHasOneSpelling(FuzzedDataProvider data) {
        UUID id = new UUID(data.consumeLong(), data.consumeLong());
        assertThat(TypeId.parse("pay", TypeId.text("pay", id))).contains(id);
        assertThat(TypeId.parse("op", TypeId.text("pay", id))).isEmpty();

        String text = data.consumeRemainingAsString();
        for (String given : new String[] {text, "pay_" + text}) {
            TypeId.parse("pay", given)
                    .ifPresent(read -> assertThat(TypeId.text("pay", read)).isEqualTo(given));
        }
    }
}
