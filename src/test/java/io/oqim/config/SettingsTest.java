package io.oqim.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SettingsTest {
    private static final Bounds ONE_TO_TEN = Bounds.of(1, 10);
    private static final Span SECOND_TO_HOUR = Span.seconds(1, 3600);

    private enum Colour {
        RED,
        DARK_BLUE
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "ten", "1.0", "1e1", "0", "11", "-5", "0x5", "99999999999999999999"})
    void aNumberThatIsNoneOrOutOfBoundsIsRefusedWithItsBounds(String value) {
        Settings settings = settings("n", value);

        int read = settings.integer("n", 7, ONE_TO_TEN, "a number");

        assertThat(read).isEqualTo(7);
        assertProblem(
                settings, "n must be a whole number from 1 to 10, but is '" + value + "' (given)");
    }

    @ParameterizedTest
    @CsvSource({"1,1", "10,10", "' 4 ',4"})
    void boundsBelongToWhatIsAllowed(String value, int number) {
        assertThat(settings("n", value).integer("n", 7, ONE_TO_TEN, "a number")).isEqualTo(number);
    }

    @Test
    void theUnitOfANumberIsNamed() {
        Settings settings = settings("size", "1");

        settings.integer("size", 20, Bounds.bytes(10, 30), "a size");

        assertProblem(
                settings, "size must be a whole number from 10 to 30 bytes, but is '1' (given)");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "10", "s", "-1s", "1.5s", "10 seconds", "999ms", "2h", "1s1s", "PT1S"})
    void aDurationThatIsNoneOrOutOfBoundsIsRefusedWithItsBounds(String value) {
        Settings settings = settings("d", value);

        Duration read = settings.duration("d", Duration.ofSeconds(7), SECOND_TO_HOUR, "a time");

        assertThat(read).isEqualTo(Duration.ofSeconds(7));
        assertProblem(
                settings,
                "d must be a duration, 1s to 1h (such as 250ms, 10s, 5m, 1h, 30d), but is '"
                        + value
                        + "' (given)");
    }

    @ParameterizedTest
    @CsvSource({
        "1500ms,1500",
        "1s,1000",
        "10 s,10000",
        "' 10s ',10000",
        "5m,300000",
        "1h,3600000",
        "30d,2592000000"
    })
    void durationsHaveUnits(String value, long millis) {
        Span any = Span.seconds(0, 86_400 * 30);

        assertThat(settings("d", value).duration("d", Duration.ZERO, any, "a time"))
                .isEqualTo(Duration.ofMillis(millis));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "yes", "TRUE", "1", "on"})
    void aFlagIsTrueOrFalseAndNothingElse(String value) {
        Settings settings = settings("f", value);

        boolean read = settings.flag("f", true, "a flag");

        assertThat(read).isTrue();
        assertProblem(settings, "f must be true or false, but is '" + value + "' (given)");
    }

    @Test
    void flagsAreRead() {
        assertThat(settings("f", "true").flag("f", false, "a flag")).isTrue();
        assertThat(settings("f", " false ").flag("f", true, "a flag")).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "RED", "green", "dark_blue"})
    void aChoiceIsOneOfItsWords(String value) {
        Settings settings = settings("c", value);

        Colour read = settings.choice("c", Colour.DARK_BLUE, "a colour");

        assertThat(read).isEqualTo(Colour.DARK_BLUE);
        assertProblem(settings, "c must be red or dark-blue, but is '" + value + "' (given)");
    }

    @Test
    void choicesAreWrittenInLowerCase() {
        assertThat(settings("c", "dark-blue").choice("c", Colour.RED, "a colour"))
                .isEqualTo(Colour.DARK_BLUE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "5s,1s", "1s,,2s", "1s,2s,", "1s;2s", "1s,two"})
    void aScheduleIsAscendingDurations(String value) {
        Settings settings = settings("s", value);
        List<Duration> standard = List.of(Duration.ofSeconds(3));

        List<Duration> read = settings.schedule("s", standard, "a schedule");

        assertThat(read).isEqualTo(standard);
        assertProblem(
                settings,
                "s must be ascending durations from 10ms to 30d with commas between, but is '"
                        + value
                        + "' (given)");
    }

    @Test
    void schedulesMayRepeatADuration() {
        assertThat(settings("s", "500ms, 1s,1s").schedule("s", List.of(), "a schedule"))
                .containsExactly(
                        Duration.ofMillis(500), Duration.ofSeconds(1), Duration.ofSeconds(1));
    }

    @Test
    void aRequiredSecretThatIsMissingIsNamed() {
        Settings settings = Settings.empty();

        settings.requiredSecret("key", 8, "opens the door");

        assertProblem(settings, "key is required (opens the door)");
    }

    @Test
    void aSecretThatIsTooShortIsToldByItsLengthAlone() {
        Settings settings = settings("key", "hunter2");

        settings.requiredSecret("key", 8, "opens the door");

        assertProblem(settings, "key must have at least 8 characters, but has 7 (given)");
    }

    @Test
    void aMissingValueIsTheDefault() {
        Settings settings = Settings.empty();

        assertThat(settings.text("t", "standard", "a text")).isEqualTo("standard");
        assertThat(settings.secret("s", "a secret").isEmpty()).isTrue();
        assertThat(settings.count("n", 7, ONE_TO_TEN, "a number")).isEqualTo(7);
        settings.check();
    }

    @Test
    void anUnknownKeyIsRefusedWithItsOrigin() {
        Settings settings = settings("colour", "red");

        assertProblem(settings, "colour is not a known key (given)");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"request-deadline", "database.request-deadline", "Server.Request_Deadline"})
    void anUnknownKeyBringsASuggestionWhenOneIsNear(String wrong) {
        Settings settings = settings(wrong, "5s");
        settings.duration("server.request-deadline", Duration.ofSeconds(7), SECOND_TO_HOUR, "");

        assertProblem(
                settings,
                wrong + " is not a known key (given); did you mean server.request-deadline?");
    }

    @Test
    void allProblemsAreListedTogether() {
        Settings settings =
                new Settings(Map.of("n", "x", "d", "y", "typo", "z"), Map.of("n", "in a file"));

        settings.integer("n", 7, ONE_TO_TEN, "a number");
        settings.duration("d", Duration.ofSeconds(7), SECOND_TO_HOUR, "a time");
        settings.problem("n", "does not go with d");

        assertThatThrownBy(settings::check)
                .isInstanceOf(ConfigException.class)
                .hasMessage(
                        """
                        the configuration has 4 problems:
                          - n must be a whole number from 1 to 10, but is 'x' (in a file)
                          - d must be a duration, 1s to 1h (such as 250ms, 10s, 5m, 1h, 30d), but is 'y'
                          - n does not go with d (in a file)
                          - typo is not a known key (configuration)""");
    }

    @Test
    void namesBelowAPrefixAreFound() {
        Settings settings =
                new Settings(
                        Map.of(
                                "banks.beta.url",
                                "",
                                "banks.alpha.url",
                                "",
                                "banks.alpha.key",
                                "",
                                "x.y",
                                ""),
                        Map.of());

        assertThat(settings.names("banks")).containsExactly("alpha", "beta");
        assertThat(settings.names("bank")).isEmpty();
    }

    @Test
    void everyKeyThatIsReadIsRemembered() {
        Settings settings = Settings.empty();

        settings.text("a", "", "first");
        settings.integer("b", 3, Bounds.bytes(1, 5), "second");

        assertThat(settings.keys())
                .containsExactly(
                        new Key("a", "text", "(empty)", "first"),
                        new Key("b", "1 to 5 bytes", "3", "second"));
    }

    @ParameterizedTest
    @CsvSource({
        "0,0s",
        "1,1ms",
        "1500,1500ms",
        "30000,30s",
        "60000,1m",
        "90000,90s",
        "3600000,1h",
        "5400000,90m",
        "86400000,1d",
        "2592000000,30d"
    })
    void durationsAreWrittenInTheLargestUnitThatIsWhole(long millis, String text) {
        assertThat(Settings.text(Duration.ofMillis(millis))).isEqualTo(text);
    }

    @Test
    void aSecretIsNotShown() {
        Secret secret = new Secret("hunter2");

        assertThat(secret).hasToString("[REDACTED]");
        assertThat(secret.reveal()).isEqualTo("hunter2");
    }

    private static Settings settings(String key, String value) {
        return new Settings(Map.of(key, value), Map.of(key, "given"));
    }

    private static void assertProblem(Settings settings, String problem) {
        assertThatThrownBy(settings::check)
                .isInstanceOfSatisfying(
                        ConfigException.class,
                        e -> assertThat(e.problems()).containsExactly(problem));
    }
}
