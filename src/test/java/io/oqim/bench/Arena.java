package io.oqim.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.Collectors;

/** Where servers are compared: one PostgreSQL, one Redis, one bank, the same tenants. */
final class Arena implements AutoCloseable {
    private static final Path HOME = Path.of("target", "bench");

    /** Of all servers on a JVM; the collector that costs a payment least on two cores. */
    private static final String JVM = "-XX:+UseSerialGC -Xms512m -Xmx512m";

    private final Options options;
    private final Served bank;
    private final Stand stand;
    private final Contenders contenders;
    private final Path keys = HOME.resolve("keys.txt");

    /**
     * @param settings of Oqim; options with a dot in their names are such settings too, and win
     */
    Arena(Options options, Map<String, String> settings) throws IOException {
        this.options = options;
        bank = bank(options);
        String bankUrl = "http://127.0.0.1:" + bank.port() + "/alpha";
        stand = new Stand(settings(options, settings, bankUrl));
        List<Stand.Tenant> tenants =
                stand.tenants(options.number("tenants", 100), OptionalInt.of(1_000_000));
        stand.keep();
        Files.write(keys, tenants.stream().map(Stand.Tenant::key).toList());
        contenders = new Contenders(stand, tenants, bankUrl, options.jvm(JVM));
    }

    private static Map<String, String> settings(
            Options options, Map<String, String> given, String bankUrl) {
        Map<String, String> settings = new LinkedHashMap<>(given);
        settings.put("banks.alpha.url", bankUrl);
        options.values()
                .forEach(
                        (name, value) -> {
                            if (name.indexOf('.') > 0) {
                                settings.put(name, value);
                            }
                        });
        return settings;
    }

    /** Starts a server; returns when it answers. */
    Served start(String name) throws IOException, InterruptedException, SQLException {
        return contenders.start(name);
    }

    Floor floor() throws IOException, SQLException {
        return contenders.floor();
    }

    /** The keys of all tenants, a line each. */
    Path keys() {
        return keys;
    }

    Served bank() {
        return bank;
    }

    Stand stand() {
        return stand;
    }

    /**
     * Runs {@link Load}, with a connection for each of {@code connections=}; returns what it
     * prints.
     */
    Map<String, String> load(Served server, String... more)
            throws IOException, InterruptedException {
        List<String> arguments = new ArrayList<>();
        arguments.add("port=" + server.port());
        arguments.add("keys=" + keys); // the last of a name counts
        arguments.add("connections=" + options.number("connections", 256));
        arguments.addAll(List.of(more));
        Process process = java("io.oqim.bench.Load", arguments);
        String line;
        try (BufferedReader output = process.inputReader(StandardCharsets.US_ASCII)) {
            line = output.readLine();
        }
        if (process.waitFor() != 0 || line == null) {
            throw new IOException("the load has failed");
        }
        return Arrays.stream(line.split(" ", -1))
                .map(pair -> pair.split("=", 2))
                .collect(Collectors.toMap(pair -> pair[0], pair -> pair[1]));
    }

    private static Served bank(Options options) throws IOException {
        Process process =
                java(
                        "io.oqim.bench.QuickBank",
                        List.of(
                                Integer.toString(options.number("check", 20)),
                                Integer.toString(options.number("sale", 40))));
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroy));
        String port = process.inputReader(StandardCharsets.US_ASCII).readLine();
        return new Served("bank", process, Integer.parseInt(port));
    }

    private static Process java(String main, List<String> arguments) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-XX:+UseSerialGC", "-Xmx256m", "-cp"));
        command.add(System.getProperty("java.class.path"));
        command.add(main);
        command.addAll(arguments);
        return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    }

    @Override
    public void close() throws IOException {
        stand.close();
        bank.close();
    }
}
