package io.oqim.dev;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Starts Oqim's roles as processes of their own, from this process's class path. */
public final class OqimProcess {
    /** For each of them, in tests: flags of the JVM with spaces between them. */
    private static final List<String> FLAGS =
            Stream.of(System.getProperty("oqim.processes", "").split(" "))
                    .filter(flag -> !flag.isEmpty())
                    .toList();

    private OqimProcess() {}

    /**
     * Starts a role.
     *
     * @param log where its output goes; the console when null
     */
    public static Process start(
            String role, Map<String, String> settings, List<String> jvm, Path log)
            throws IOException {
        List<String> program =
                List.of("-cp", System.getProperty("java.class.path"), "io.oqim.Main", role);
        return start(program, settings, jvm, log);
    }

    /** The same from the jar that is shipped, with the libraries beside it. */
    public static Process startJar(
            String role, Map<String, String> settings, List<String> jvm, Path log)
            throws IOException {
        return startJar(Path.of("target", "oqim.jar"), role, settings, jvm, log);
    }

    /** The same from another one's jar. */
    public static Process startJar(
            Path jar, String role, Map<String, String> settings, List<String> jvm, Path log)
            throws IOException {
        return start(List.of("-jar", jar.toString(), role), settings, jvm, log);
    }

    private static Process start(
            List<String> program, Map<String, String> settings, List<String> jvm, Path log)
            throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(jvm);
        command.addAll(FLAGS);
        command.add("--enable-native-access=ALL-UNNAMED");
        command.add("--sun-misc-unsafe-memory-access=allow");
        command.add("-Dlogback.configurationFile=logback.xml");
        command.addAll(program);
        ProcessBuilder builder = new ProcessBuilder(command);
        // Settings of whoever runs this must not leak in.
        builder.environment().keySet().removeIf(name -> name.startsWith("OQIM_"));
        builder.environment().putAll(settings);
        builder.redirectErrorStream(true);
        if (log == null) {
            builder.inheritIO();
        } else {
            builder.redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        }
        Process process = builder.start();
        // Nothing outlives whoever started it; asked to end, it finishes what is in flight.
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroy));
        return process;
    }
}
