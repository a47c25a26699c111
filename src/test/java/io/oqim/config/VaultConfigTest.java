package io.oqim.config;

import static io.oqim.config.Samples.config;
import static io.oqim.config.Samples.problems;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VaultConfigTest {
    private static final String OLD = "old:b2xkb2xkb2xkb2xkb2xkb2xkb2xkb2xkb2xkb2xkb2w=";
    private static final String NEW = "new.2:bmV3bmV3bmV3bmV3bmV3bmV3bmV3bmV3bmV3bmV3bmU=";

    @Test
    void theKeyThatIsUsedStandsFirst() {
        List<VaultConfig.NamedKey> keys = config("vault.keys", NEW + " , " + OLD).vault().keys();

        assertThat(keys).extracting(VaultConfig.NamedKey::name).containsExactly("new.2", "old");
        assertThat(keys.getLast().bytes()).asString().startsWith("oldold");
        assertThat(keys.toString()).doesNotContain("bmV3");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    b2xkb2xkb2xkb2xkb2xkb2xkb2xkb2xkb2xkb2xkb2w=     | key 1 must be NAME:BASE64, its name of a to z, 0 to 9, '.', '_', '-'
                    Old:b2xkb2xkb2xkb2xkb2xkb2xkb2xkb2xkb2xkb2xkb2w= | key 1 must be NAME:BASE64, its name of a to z, 0 to 9, '.', '_', '-'
                    old:b2xkb2xkb2xkb2xkb2xkb2xkb2xkb2xkb2xkb2xkb2xk | key 1 must be 32 bytes in Base64
                    old:not-base-64-but-something-that-is-long-enough | key 1 must be 32 bytes in Base64
                    """)
    void whatIsNoKeyIsNamedByItsPlaceAndNotShown(String value, String problem) {
        assertThat(problems("vault.keys", value)).containsExactly("vault.keys " + problem);
    }

    @Test
    void twoKeysOfOneNameAreRefused() {
        assertThat(problems("vault.keys", OLD + "," + OLD))
                .containsExactly("vault.keys key 2 has the name of another one");
    }

    @Test
    void aProcessWithoutVaultNeedsNoKeys() {
        Map<String, String> values = Samples.values("vault.enabled", "false");
        values.remove("vault.keys");

        VaultConfig vault = OqimConfig.from(new Settings(values, Map.of())).vault();

        assertThat(vault.enabled()).isFalse();
        assertThat(vault.keys()).isEmpty();
    }
}
