package io.oqim.dev;

import static org.assertj.core.api.Assertions.assertThat;

import io.oqim.testing.Soon;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What {@code ./mvnw -Pdev} starts, as a process in a folder of its own and on ports of its own.
 * Closing it waits for its end.
 */
record DevProcess(Process process, Path folder) implements AutoCloseable {
    static DevProcess start(Path folder) throws IOException {
        String classes =
                Arrays.stream(System.getProperty("java.class.path").split(":"))
                        .map(entry -> Path.of(entry).toAbsolutePath().toString())
                        .collect(Collectors.joining(":"));
        ProcessBuilder builder =
                new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx128m",
                        "--enable-native-access=ALL-UNNAMED",
                        "--sun-misc-unsafe-memory-access=allow",
                        "-cp",
                        classes,
                        "io.oqim.dev.Dev");
        builder.directory(folder.toFile());
        // What whoever runs the tests has set for other things is no setting of this one.
        builder.environment().keySet().removeIf(name -> name.startsWith("OQIM_"));
        builder.environment().put("OQIM_PORT", Integer.toString(LocalRedis.freePort()));
        builder.environment().put("OQIM_MANAGEMENT_PORT", Integer.toString(LocalRedis.freePort()));
        builder.environment().put("OQIM_SANDBOX_PORT", Integer.toString(LocalRedis.freePort()));
        builder.redirectErrorStream(true);
        builder.redirectOutput(folder.resolve("dev.out").toFile());
        return new DevProcess(builder.start(), folder);
    }

    /** The file that a user reads into the shell. */
    Path env() {
        return folder.resolve("target/dev/dev.env");
    }

    /** What dev.env says, once it is there and names another process than before. */
    Map<String, String> ready(String pidBefore) {
        Map<String, String> env = new HashMap<>();
        Soon.until(
                Duration.ofSeconds(60),
                "dev is ready",
                () -> {
                    try {
                        assertThat(process.isAlive())
                                .as(Files.readString(folder.resolve("dev.out")))
                                .isTrue();
                        env.clear();
                        for (String line : Files.readAllLines(env())) {
                            int cut = line.indexOf('=');
                            env.put(line.substring(0, cut), line.substring(cut + 1));
                        }
                    } catch (IOException e) {
                        return false;
                    }
                    return !env.get("OQIM_PID").equals(pidBefore);
                });
        return env;
    }

    /** The process and all that came from it. */
    Stream<ProcessHandle> family() {
        return Stream.concat(process.descendants(), Stream.of(process.toHandle()));
    }

    @Override
    public void close() {
        process.destroy();
        var ignored = process.onExit().orTimeout(60, TimeUnit.SECONDS).join();
    }
}
