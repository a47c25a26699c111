package io.oqim.config;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads values one by one, and remembers what was asked for and what was wrong. Not thread-safe: a
 * start-up object.
 *
 * <p>A bad value is replaced by the default so that reading can go on and find the other problems;
 * {@link #check()} then refuses the whole.
 */
public final class Settings {
    private static final Duration SHORTEST_STEP = Duration.ofMillis(10);
    private static final Duration LONGEST_STEP = Duration.ofDays(30);
    private static final Pattern DURATION = Pattern.compile("(\\d{1,12})\\s*(ms|s|m|h|d)");

    private final Map<String, String> values;
    private final Map<String, String> sources;
    private final List<Key> keys = new ArrayList<>();
    private final List<String> problems = new ArrayList<>();
    private final Set<String> known = new TreeSet<>();
    private boolean keysNeeded = true;

    /**
     * @param values flat values by dotted key
     * @param sources where each value came from, by dotted key, for messages
     */
    public Settings(Map<String, String> values, Map<String, String> sources) {
        this.values = new TreeMap<>(values);
        this.sources = Map.copyOf(sources);
    }

    /** Settings without any value, to list the keys. */
    public static Settings empty() {
        return new Settings(Map.of(), Map.of());
    }

    /** These, but secrets that are required may be missing. */
    Settings withoutKeys() {
        keysNeeded = false;
        return this;
    }

    public String text(String key, String standard, String meaning) {
        return declare(
                new Key(key, "text", standard.isEmpty() ? "(empty)" : standard, meaning), standard);
    }

    /** A value that the process cannot start without, and that is never shown. */
    public Secret requiredSecret(String key, int minimumLength, String meaning) {
        String type = "secret, at least " + minimumLength + " characters";
        String value = declare(new Key(key, type, "required", meaning), "");
        if (value.isEmpty()) {
            if (!keysNeeded) {
                return new Secret("");
            }
            problem(key, "is required (" + meaning + ")");
        } else if (value.length() < minimumLength) {
            problem(
                    key,
                    "must have at least "
                            + minimumLength
                            + " characters, but has "
                            + value.length());
        }
        return new Secret(value);
    }

    public Secret secret(String key, String meaning) {
        return new Secret(declare(new Key(key, "secret", "(empty)", meaning), ""));
    }

    public int integer(String key, int standard, Bounds bounds, String meaning) {
        return Math.toIntExact(count(key, standard, bounds, meaning));
    }

    public long count(String key, long standard, Bounds bounds, String meaning) {
        String type = bounds.least() + " to " + bounds.most() + bounds.unitText();
        String value =
                declare(
                        new Key(key, type, Long.toString(standard), meaning),
                        Long.toString(standard));
        try {
            long number = Long.parseLong(value.strip());
            if (number >= bounds.least() && number <= bounds.most()) {
                return number;
            }
        } catch (NumberFormatException e) {
            // reported below, with the bounds
        }
        problem(key, "must be a whole number from " + type + ", but is '" + value + "'");
        return standard;
    }

    public Duration duration(String key, Duration standard, Span span, String meaning) {
        String type = "duration, " + text(span.least()) + " to " + text(span.most());
        String value = declare(new Key(key, type, text(standard), meaning), text(standard));
        @Nullable Duration parsed = parseDuration(value);
        if (parsed != null
                && parsed.compareTo(span.least()) >= 0
                && parsed.compareTo(span.most()) <= 0) {
            return parsed;
        }
        problem(
                key,
                "must be a " + type + " (such as 250ms, 10s, 5m, 1h, 30d), but is '" + value + "'");
        return standard;
    }

    /** Durations with commas between them, each not shorter than the one before. */
    public List<Duration> schedule(String key, List<Duration> standard, String meaning) {
        String text = String.join(",", standard.stream().map(Settings::text).toList());
        String value =
                declare(
                        new Key(
                                key,
                                "durations from 10ms to 30d, ascending, comma between",
                                text,
                                meaning),
                        text);
        List<Duration> steps = new ArrayList<>();
        for (String part : value.split(",", -1)) {
            @Nullable Duration step = parseDuration(part);
            if (step == null
                    || step.compareTo(SHORTEST_STEP) < 0
                    || step.compareTo(LONGEST_STEP) > 0
                    || (!steps.isEmpty() && step.compareTo(steps.getLast()) < 0)) {
                problem(
                        key,
                        "must be ascending durations from 10ms to 30d with commas between, but is '"
                                + value
                                + "'");
                return standard;
            }
            steps.add(step);
        }
        return List.copyOf(steps);
    }

    /** Ranges of addresses with commas between them; none unless configured. */
    public List<AddressRange> ranges(String key, String meaning) {
        String value =
                declare(
                        new Key(
                                key,
                                "ranges such as 10.0.0.0/8, comma between",
                                "(empty)",
                                meaning),
                        "");
        List<AddressRange> ranges = new ArrayList<>();
        for (String text : value.isBlank() ? new String[0] : value.split(",", -1)) {
            Optional<AddressRange> range = AddressRange.parse(text.strip());
            if (range.isEmpty()) {
                problem(
                        key,
                        "must be ranges of addresses such as 10.0.0.0/8 with commas between, but has '"
                                + text.strip()
                                + "'");
            }
            range.ifPresent(ranges::add);
        }
        return List.copyOf(ranges);
    }

    public boolean flag(String key, boolean standard, String meaning) {
        String value =
                declare(
                        new Key(key, "true or false", Boolean.toString(standard), meaning),
                        Boolean.toString(standard));
        return switch (value.strip()) {
            case "true" -> true;
            case "false" -> false;
            default -> {
                problem(key, "must be true or false, but is '" + value + "'");
                yield standard;
            }
        };
    }

    public <E extends Enum<E>> E choice(String key, E standard, String meaning) {
        E[] constants = standard.getDeclaringClass().getEnumConstants();
        List<String> names = java.util.Arrays.stream(constants).map(Settings::lower).toList();
        String type = String.join(" or ", names);
        String value = declare(new Key(key, type, lower(standard), meaning), lower(standard));
        int index = names.indexOf(value.strip());
        if (index >= 0) {
            return constants[index];
        }
        problem(key, "must be " + type + ", but is '" + value + "'");
        return standard;
    }

    /** The names that stand right below {@code prefix}, such as the banks of {@code banks}. */
    public List<String> names(String prefix) {
        Set<String> names = new TreeSet<>();
        String start = prefix + ".";
        for (String key : values.keySet()) {
            if (key.startsWith(start)) {
                names.add(key.substring(start.length()).split("\\.", 2)[0]);
            }
        }
        return List.copyOf(names);
    }

    /** Reports a problem that concerns more than one key. */
    public void problem(String key, String what) {
        String source = sources.get(key);
        problems.add(key + " " + what + (source == null ? "" : " (" + source + ")"));
    }

    /** Throws when anything was wrong, with everything that was wrong. */
    public void check() {
        List<String> all = new ArrayList<>(problems);
        for (String key : values.keySet()) {
            if (!known.contains(key)) {
                String source = sources.getOrDefault(key, "configuration");
                all.add(key + " is not a known key (" + source + ")" + suggestion(key));
            }
        }
        if (!all.isEmpty()) {
            throw new ConfigException(all);
        }
    }

    /** Every key that was read, in the order of reading. */
    public List<Key> keys() {
        return List.copyOf(keys);
    }

    static String text(Duration duration) {
        long millis = duration.toMillis();
        if (millis % 86_400_000 == 0 && millis > 0) {
            return millis / 86_400_000 + "d";
        }
        if (millis % 3_600_000 == 0 && millis > 0) {
            return millis / 3_600_000 + "h";
        }
        if (millis % 60_000 == 0 && millis > 0) {
            return millis / 60_000 + "m";
        }
        return millis % 1000 == 0 ? millis / 1000 + "s" : millis + "ms";
    }

    private String declare(Key key, String standard) {
        keys.add(key);
        known.add(key.name());
        return values.getOrDefault(key.name(), standard);
    }

    private String suggestion(String unknown) {
        String flat = unknown.replace("_", "-").toLowerCase(Locale.ROOT);
        String tail = flat.substring(flat.lastIndexOf('.') + 1);
        for (String key : known) {
            if (key.equals(flat) || key.endsWith("." + tail) || key.endsWith("-" + tail)) {
                return "; did you mean " + key + "?";
            }
        }
        return "";
    }

    private static @Nullable Duration parseDuration(String value) {
        Matcher matcher = DURATION.matcher(value.strip());
        if (!matcher.matches()) {
            return null;
        }
        long number = Long.parseLong(matcher.group(1));
        return switch (matcher.group(2)) {
            case "ms" -> Duration.ofMillis(number);
            case "s" -> Duration.ofSeconds(number);
            case "m" -> Duration.ofMinutes(number);
            case "h" -> Duration.ofHours(number);
            default -> Duration.ofDays(number);
        };
    }

    private static String lower(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
