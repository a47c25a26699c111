package io.oqim.config;

import io.helidon.config.Config;
import io.helidon.config.ConfigSources;
import io.helidon.config.yaml.YamlConfigParser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Where values come from: system properties over the environment over files with one value each
 * over the file.
 *
 * <p>System properties start with {@code oqim.}, environment variables with {@code OQIM_}; files
 * with one value are in the folder that {@code OQIM_SECRETS} names, each with the name of its key;
 * the file is {@code application.yaml} in the working directory, or what {@code OQIM_CONFIG} names.
 */
final class Sources {
    /** What {@code -Pdev} writes into dev.env for clients: no settings, and no mistake either. */
    private static final Set<String> FOR_CLIENTS =
            Set.of(
                    "OQIM_URL",
                    "OQIM_API_KEY",
                    "OQIM_MANAGEMENT_URL",
                    "OQIM_SANDBOX_URL",
                    "OQIM_DB_URL",
                    "OQIM_PID",
                    "OQIM_CONFIG",
                    "OQIM_SECRETS",
                    "OQIM_ACCESS_LOG");

    private final Map<String, String> values = new TreeMap<>();
    private final Map<String, String> origins = new HashMap<>();

    static Settings read(Map<String, String> environment, Properties system, List<Key> keys) {
        Sources sources = new Sources();
        String named = environment.get("OQIM_CONFIG");
        Path file = Path.of(named == null ? "application.yaml" : named);
        if (named != null && !Files.isReadable(file)) {
            throw new ConfigException(
                    List.of("OQIM_CONFIG names " + file + ", which cannot be read"));
        }
        if (Files.isReadable(file)) {
            sources.file(file);
        }
        if (environment.containsKey("OQIM_SECRETS")) {
            sources.folder(Path.of(environment.getOrDefault("OQIM_SECRETS", "")));
        }
        sources.environment(environment, keys);
        sources.system(system);
        return new Settings(sources.values, sources.origins);
    }

    private void file(Path file) {
        try {
            Config config =
                    Config.builder(ConfigSources.file(file).parser(YamlConfigParser.create()))
                            .disableEnvironmentVariablesSource()
                            .disableSystemPropertiesSource()
                            .disableCaching()
                            .build();
            config.asMap()
                    .ifPresent(map -> map.forEach((key, value) -> put(key, value, "in " + file)));
        } catch (RuntimeException e) {
            throw new ConfigException(List.of(file + " is not readable YAML: " + e.getMessage()));
        }
    }

    /** As Kubernetes mounts a Secret; what begins with a dot is its own. */
    private void folder(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                String name = file.getFileName().toString();
                if (!name.startsWith(".")) {
                    // Whoever wrote it with an editor has a line feed at its end.
                    put(name, Files.readString(file).stripTrailing(), "in " + file);
                }
            }
        } catch (IOException | UncheckedIOException e) {
            throw new ConfigException(
                    List.of("OQIM_SECRETS names " + folder + ", which cannot be read"));
        }
    }

    private void environment(Map<String, String> environment, List<Key> keys) {
        Map<String, String> byName = new HashMap<>();
        keys.forEach(key -> byName.put(key.environmentName(), key.name()));
        environment.forEach(
                (name, value) -> {
                    if (!name.startsWith("OQIM_") || FOR_CLIENTS.contains(name)) {
                        return;
                    }
                    String known = byName.get(name);
                    String key = known == null ? bankKey(name) : known;
                    put(key.isEmpty() ? name : key, value, "environment variable " + name);
                });
    }

    /**
     * {@code OQIM_BANKS_ALPHA_URL} sets {@code banks.alpha.url}: names of banks are not known
     * ahead.
     */
    private static String bankKey(String name) {
        if (!name.startsWith("OQIM_BANKS_")) {
            return "";
        }
        String rest = name.substring("OQIM_BANKS_".length());
        int cut = rest.indexOf('_');
        return cut < 0
                ? ""
                : ("banks."
                                + rest.substring(0, cut)
                                + "."
                                + rest.substring(cut + 1).replace('_', '-'))
                        .toLowerCase(java.util.Locale.ROOT);
    }

    private void system(Properties system) {
        for (String name : system.stringPropertyNames()) {
            if (name.startsWith("oqim.")) {
                put(
                        name.substring("oqim.".length()),
                        system.getProperty(name),
                        "system property " + name);
            }
        }
    }

    private void put(String key, String value, String origin) {
        values.put(key, value);
        origins.put(key, origin);
    }
}
